/** One GPU: its name, how busy it is, what holds its memory, its readings. Everything else is in its tooltip. */
import { element, onlyChanges, setAttribute, setOptionalText, setText, type View } from './dom';
import { outside } from './format';
import { gpuDetails, holdingDetails } from './gpu-details';
import { gpuBadge, gpuNotice, gpuReadings } from './gpu-words';
import { createHoldingList } from './holding-list';
import type { PlacedGpu } from './machine-views';
import { vramBar } from './memory';
import { createMemoryBar } from './memory-bar';
import { createReadings } from './readings';
import { same } from './same';
import { createSparkline } from './sparkline';
import type { Tooltip } from './tooltip';

export function createGpuCard(tooltip: Tooltip): View<PlacedGpu> {
  let shown: PlacedGpu | null = null;
  const index = element('span', 'label');
  const badge = element('span', 'badge');
  const name = element('bdi', '');
  const utilisation = createSparkline();
  const holdings = createHoldingList();
  const memory = createMemoryBar();
  const readings = createReadings();
  const notice = element('p', 'notice');
  const root = element(
    'article',
    'card gpu',
    element('header', 'row', element('h4', 'cut', index, ' ', name), badge),
    holdings.root,
    memory.root,
    element('div', 'foot', utilisation.root, readings.root),
    notice,
  );
  root.tabIndex = 0;
  tooltip.attach(
    root,
    () =>
      shown && {
        title: `GPU ${shown.gpu.index} · ${outside(shown.gpu.name)}`,
        groups: [...holdingDetails(shown.occupancy.holdings), ...gpuDetails(shown.gpu, shown.models)],
      },
  );

  return onlyChanges<PlacedGpu>(
    {
      root,
      update(placed) {
        shown = placed;
        const { gpu, occupancy, history } = placed;
        const machine = outside(placed.machine, 60);
        const shownName = outside(gpu.name);
        setAttribute(root, 'data-status', gpu.status);
        setAttribute(root, 'aria-label', `GPU ${gpu.index} of ${machine}, ${shownName}`);
        setText(index, `GPU ${gpu.index}`);
        setText(name, shownName);
        setOptionalText(badge, gpuBadge(gpu));
        holdings.update(occupancy.holdings);
        memory.update({
          name: 'VRAM',
          spokenName: `VRAM of GPU ${gpu.index} of ${machine}`,
          bar: vramBar(gpu, occupancy),
        });
        utilisation.update({ values: history, now: gpu.gpu_usage });
        readings.update(gpuReadings(gpu));
        setOptionalText(notice, gpuNotice(gpu));
      },
    },
    same,
  );
}
