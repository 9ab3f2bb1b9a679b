/** One machine: who it is, its GPUs, and its own memory and processor. */
import type { Node, PageAction } from '#protocol';
import { createButton } from './controls';
import { createList, element, setHidden, setOptionalText, setText, type View } from './dom';
import { bytesOf, outside, percent } from './format';
import { createGpuCard, type PlacedGpu } from './gpu-card';
import { ramBar } from './memory';
import { createMemoryBar } from './memory-bar';
import { createReadings } from './readings';

export interface PlacedNode {
  readonly node: Node;
  /** Model names by the process id of their engine. */
  readonly models: ReadonlyMap<number, string>;
}

export function createNodeSection(act: (action: PageAction) => void): View<PlacedNode> {
  const name = element('bdi', '');
  const versions = element('p', 'label');
  const gpus = createList(
    element('div', 'gpus'),
    ({ gpu }: PlacedGpu) => gpu.uuid ?? `${gpu.index}`,
    createGpuCard,
  );
  const machine = createMachineCard(act);
  return {
    root: element(
      'section',
      'node',
      element('header', 'heading', element('h2', 'name', name), versions),
      element('div', 'cards', gpus.root, machine.root),
    ),
    update({ node, models }) {
      setText(name, outside(node.name));
      setText(versions, versionText(node));
      gpus.update(node.node_profile.gpus.map((gpu) => ({ gpu, models })));
      machine.update(node);
    },
  };
}

function versionText({ version, node_profile: { driver_version, cuda_version } }: Node): string {
  const parts = [`VRAMesh ${outside(version, 40)}`];
  if (driver_version !== null) parts.push(`driver ${outside(driver_version, 40)}`);
  if (cuda_version !== null) parts.push(`CUDA ${outside(cuda_version, 40)}`);
  return parts.join(' · ');
}

function createMachineCard(act: (action: PageAction) => void): View<Node> {
  const memory = createMemoryBar();
  const readings = createReadings();
  const problem = element('p', 'notice');
  const actions = element(
    'div',
    'actions',
    createButton('Diagnose', { look: 'secondary', onClick: () => act({ type: 'diagnose' }) }),
  );
  return {
    root: element(
      'article',
      'card',
      element('h3', 'name', 'Processor and memory'),
      memory.root,
      readings.root,
      problem,
      actions,
    ),
    update({ node_profile: { memory: amounts, system, gpus, gpu_problem } }) {
      memory.update({ name: 'RAM', spokenName: 'RAM of this machine', bar: ramBar(amounts) });
      const { swap_total, swap_available } = amounts;
      const swapUsed = swap_total === null || swap_available === null ? null : swap_total - swap_available;
      readings.update([
        { label: 'CPU use', value: percent(system.cpu_usage) },
        { label: 'Swap', value: swap_total === 0 ? 'none' : bytesOf(swapUsed, swap_total) },
      ]);
      const noGpu = gpus.length === 0 ? `No GPU is used: ${gpu_problem ?? 'none was found.'}` : gpu_problem;
      setOptionalText(problem, noGpu === null ? null : outside(noGpu, 600));
      setHidden(actions, noGpu === null);
    },
  };
}
