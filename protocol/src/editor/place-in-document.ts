/** Places in open documents, as editors count them. */
import * as z from 'zod';

export const documentUri = z.string().min(1).max(4096);
export const lineNumber = z.number().int().min(0).max(2_147_483_647).describe('from 0');
