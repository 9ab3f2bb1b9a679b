/** "Place Model Here…", of a machine or GPU in the tree: as "Place Model on GPU…", with the previews for just this. */
import { t } from '@vscode/l10n';
import * as z from 'zod';
import type { Vramesh } from '../vramesh';
import { placeAt } from './place';

const entrySchema = z.object({
  where: z.object({ nodeId: z.string(), gpuIndex: z.number().int().nullable(), name: z.string() }),
});

export async function placeHere(vramesh: Vramesh, argument: unknown): Promise<void> {
  const { data } = entrySchema.safeParse(argument);
  if (!data) throw new Error(t('Choose a machine or a GPU in the view “Machines” first.'));
  await placeAt(vramesh, data.where);
}
