/** "Download Model…": fetches a model, or goes on with one that was interrupted. */
import type { Vramesh } from '../vramesh';
import { chooseSource } from './choose-source';
import { fetchModel, followDownload } from './fetch-model';

export async function download(vramesh: Vramesh): Promise<void> {
  const chosen = await chooseSource(vramesh);
  if (typeof chosen === 'string') await fetchModel(vramesh, chosen);
  else if (chosen) await followDownload(vramesh, chosen);
}
