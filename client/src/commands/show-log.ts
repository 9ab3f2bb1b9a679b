/** "Show Log". */
import type { Vramesh } from '../vramesh';

export async function showLog(vramesh: Vramesh): Promise<void> {
  vramesh.log.show();
}
