/** The processor of a machine and its RAM. */
import type { Node } from '#protocol';
import { createButton } from './controls';
import { element, onlyChanges, setAttribute, setHidden, setOptionalText, type View } from './dom';
import { outside } from './format';
import { holdingDetails } from './gpu-details';
import { createHoldingList } from './holding-list';
import { machineNotice, memoryDetails, processorReadings } from './machine-words';
import { type Occupancy, ramBar } from './memory';
import { createMemoryBar } from './memory-bar';
import { createReadings } from './readings';
import { same } from './same';
import type { Tooltip } from './tooltip';

export interface Processor {
  readonly node: Node;
  readonly occupancy: Occupancy;
}

/** @param diagnose `null`: nothing can be diagnosed from here */
export function createProcessorCard(tooltip: Tooltip, diagnose: (() => void) | null): View<Processor> {
  let shown: Processor | null = null;
  const holdings = createHoldingList();
  const memory = createMemoryBar();
  const readings = createReadings();
  const notice = element('p', 'notice');
  const actions = element(
    'div',
    'actions',
    ...(diagnose ? [createButton('Diagnose', { look: 'secondary', onClick: diagnose })] : []),
  );
  const root = element(
    'article',
    'card processor',
    element('header', 'row', element('h4', 'cut', 'Processor and memory')),
    holdings.root,
    memory.root,
    element('div', 'foot', readings.root),
    notice,
    actions,
  );
  root.tabIndex = 0;
  tooltip.attach(
    root,
    () =>
      shown && {
        title: `Processor and memory of ${outside(shown.node.name, 60)}`,
        groups: [...holdingDetails(shown.occupancy.holdings), memoryDetails(shown.node)],
      },
  );
  return onlyChanges<Processor>(
    {
      root,
      update(processor) {
        shown = processor;
        const { node, occupancy } = processor;
        const machine = outside(node.name, 60);
        setAttribute(root, 'aria-label', `Processor and memory of ${machine}`);
        holdings.update(occupancy.holdings);
        memory.update({
          name: 'RAM',
          spokenName: `RAM of ${machine}`,
          bar: ramBar(node.node_profile.memory, occupancy),
        });
        readings.update(processorReadings(node));
        const problem = machineNotice(node);
        setOptionalText(notice, problem);
        setHidden(actions, problem === null || diagnose === null || node.status !== 'this');
      },
    },
    same,
  );
}
