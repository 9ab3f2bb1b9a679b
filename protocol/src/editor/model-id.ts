/** How a user names a model. */
import * as z from 'zod';

export const modelId = z.string().min(1).max(4096).describe('`id` or name of a model, or the path of a GGUF');
