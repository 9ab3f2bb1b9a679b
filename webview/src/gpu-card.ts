/** One GPU: its name, its memory, its readings, and who holds its memory. */
import type { Gpu } from '#protocol';
import { createList, element, setAttribute, setHidden, setOptionalText, setText, type View } from './dom';
import { count, outside } from './format';
import { gpuNotice, gpuReadings, isThrottled, type ProcessRow, processRows } from './gpu-words';
import { vramBar } from './memory';
import { createMemoryBar } from './memory-bar';
import { createReadings } from './readings';

export interface PlacedGpu {
  readonly gpu: Gpu;
  /** Model names by the process id of their engine. */
  readonly models: ReadonlyMap<number, string>;
}

export function createGpuCard(): View<PlacedGpu> {
  const index = element('span', 'label');
  const badge = element('span', 'badge');
  const name = element('bdi', '');
  const memory = createMemoryBar();
  const readings = createReadings();
  const notice = element('p', 'notice');
  const processes = createProcesses();
  const root = element(
    'article',
    'card',
    element('header', '', element('div', 'row', index, badge), element('h3', 'name', name)),
    memory.root,
    readings.root,
    notice,
    processes.root,
  );

  return {
    root,
    update({ gpu, models }) {
      setAttribute(root, 'data-status', gpu.status);
      setText(index, `GPU ${gpu.index}`);
      setText(name, outside(gpu.name));
      setOptionalText(badge, badgeText(gpu));
      memory.update({
        name: 'VRAM',
        spokenName: `VRAM of GPU ${gpu.index}`,
        bar: vramBar(gpu, new Set(models.keys())),
      });
      readings.update(gpuReadings(gpu));
      setOptionalText(notice, gpuNotice(gpu));
      processes.update({ gpu, models });
    },
  };
}

function badgeText(gpu: Gpu): string | null {
  if (gpu.status !== 'ok') return gpu.status;
  return isThrottled(gpu) ? 'throttled' : null;
}

function createProcesses(): View<PlacedGpu> {
  const rows = createList(element('ul', 'processes'), (row: ProcessRow) => row.name, createProcess);
  const more = element('p', 'label');
  const root = element('div', '', element('h4', 'label', 'Processes'), rows.root, more);
  return {
    root,
    update({ gpu, models }) {
      const shown = processRows(gpu.processes ?? [], models);
      setHidden(root, gpu.status !== 'ok');
      rows.update(shown.rows);
      setOptionalText(more, moreText(gpu, shown.more));
    },
  };
}

function moreText({ processes }: Gpu, more: number): string | null {
  if (processes === null) return 'The driver does not tell.';
  if (processes.length === 0) return 'None';
  return more > 0 ? `and ${count(more, 'more')}` : null;
}

function createProcess(): View<ProcessRow> {
  const name = element('bdi', 'name');
  const vram = element('span', 'value');
  const mark = element('span', 'swatch models');
  const spokenMark = element('span', 'unseen', 'placed model');
  const root = element('li', 'row', mark, spokenMark, name, vram);
  return {
    root,
    update(row) {
      setText(name, row.name);
      setText(vram, row.vram);
      setHidden(mark, !row.ours);
      setHidden(spokenMark, !row.ours);
    },
  };
}
