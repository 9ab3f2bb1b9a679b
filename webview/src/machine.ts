/**
 * One machine: who it is, how it is reached, its GPUs, its processor and memory. Closed it is one line with a small bar
 * for each GPU; its cards are made when it is opened first.
 */
import {
  createList,
  element,
  onlyChanges,
  setAttribute,
  setCutText,
  setHidden,
  setText,
  type View,
} from './dom';
import { outside } from './format';
import { createGpuCard } from './gpu-card';
import type { MachineView, PlacedGpu } from './machine-views';
import {
  addressText,
  gpuSummary,
  linkText,
  spokenLink,
  statusMeaning,
  statusText,
  versionText,
} from './machine-words';
import { ramBar, vramBar } from './memory';
import { createMeter, type NamedBar } from './memory-bar';
import { createProcessorCard } from './processor-card';
import { same } from './same';
import type { Tooltip } from './tooltip';

export interface MachineActs {
  readonly toggle: (nodeId: string) => void;
  /** `null`: not from here. */
  readonly diagnose: (() => void) | null;
}

let machines = 0;

export function createMachine(acts: MachineActs, tooltip: Tooltip): View<MachineView> {
  let nodeId = '';
  const name = element('bdi', '');
  const toggle = element('button', 'disclosure', name);
  toggle.type = 'button';
  toggle.addEventListener('click', () => acts.toggle(nodeId));
  const status = element('span', 'status');
  const address = element('span', 'label cut');
  const hardware = element('span', 'label cut');
  const versions = element('span', 'label cut');
  const link = element('p', 'link');
  const minis = createList(
    element('div', 'minis'),
    (bar: NamedBar) => bar.spokenName,
    () => onlyChanges(createMeter('bar mini'), same),
  );
  const body = element('div', 'cards');
  machines += 1;
  body.id = `machine-${machines}`;
  toggle.setAttribute('aria-controls', body.id);
  const cards = createCards(body, acts, tooltip);
  const root = element(
    'section',
    'machine',
    link,
    element(
      'header',
      '',
      element('h3', '', toggle),
      status,
      element('div', 'facts', address, hardware, versions),
      minis.root,
    ),
    body,
  );

  return {
    root,
    update(machine) {
      const { node, isOpen } = machine;
      const shownName = outside(node.name);
      nodeId = node.node_id;
      setAttribute(root, 'data-status', node.status);
      setAttribute(root, 'aria-label', shownName);
      setCutText(name, shownName);
      setAttribute(toggle, 'aria-expanded', String(isOpen));
      setText(status, statusText[node.status]);
      setAttribute(status, 'title', statusMeaning[node.status]);
      setText(address, addressText(node));
      setAttribute(
        address,
        'title',
        node.addresses
          .slice(0, 16)
          .map((one) => outside(one, 60))
          .join('\n'),
      );
      setCutText(hardware, gpuSummary(node));
      setCutText(versions, versionText(node));
      setHidden(link, node.status === 'this');
      setText(link, linkText(machine.link));
      setAttribute(link, 'title', spokenLink(machine.link, shownName));
      setHidden(minis.root, isOpen);
      setHidden(body, !isOpen);
      if (isOpen) cards.update(machine);
      else minis.update(smallBars(machine));
    },
  };
}

function smallBars({ node, gpus, processor }: MachineView): NamedBar[] {
  const machine = outside(node.name);
  if (gpus.length === 0) {
    const bar = ramBar(node.node_profile.memory, processor);
    return [{ name: 'RAM', spokenName: `RAM of ${machine}`, bar }];
  }
  return gpus.map(({ gpu, occupancy }) => ({
    name: 'VRAM',
    spokenName: `VRAM of GPU ${gpu.index} of ${machine}`,
    bar: vramBar(gpu, occupancy),
  }));
}

/** Made when they are shown first: of a hundred machines few are ever opened. */
function createCards(body: HTMLElement, acts: MachineActs, tooltip: Tooltip): View<MachineView> {
  let made: { gpus: View<readonly PlacedGpu[]>; processor: ReturnType<typeof createProcessorCard> } | null =
    null;
  return {
    root: body,
    update({ node, gpus, processor }) {
      if (!made) {
        made = {
          gpus: createList(
            element('div', 'gpus'),
            ({ gpu }: PlacedGpu) => gpu.uuid ?? `${gpu.index}`,
            () => createGpuCard(tooltip),
          ),
          processor: createProcessorCard(tooltip, acts.diagnose),
        };
        body.append(made.gpus.root, made.processor.root);
      }
      made.gpus.update(gpus);
      made.processor.update({ node, occupancy: processor });
    },
  };
}
