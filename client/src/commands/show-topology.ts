/** "Show Topology": every GPU with its memory, and the placed models, as a page. */
import { showTopologyPanel } from '../panel/topology-panel';
import type { Vramesh } from '../vramesh';

export async function showTopology(vramesh: Vramesh): Promise<void> {
  showTopologyPanel(vramesh);
}
