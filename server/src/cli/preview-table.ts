/** The table of `vramesh preview`: every way to place a model, best first, then why the others cannot be. Pure. */
import { onSeveralMachines, type Preview, type Share } from '#protocol';
import { duration, gib, orUnknown, twoDigits, unknown } from './format';
import { createLook, type Look, noteLines } from './look';
import { type Column, layOutTable, plain, type Row } from './terminal-text';

const columns: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'Device', flexible: true },
  { title: 'Layers', align: 'right' },
  { title: 'GiB after', align: 'right' },
  { title: 'Total', align: 'right' },
  { title: 'Tokens/s', align: 'right' },
  { title: 'Prompt/s', align: 'right' },
];

/** No line ends with a line break. `among`: all that there are, when only some of them are shown. */
export function previewTable(
  previews: readonly Preview[],
  options: Parameters<typeof createLook>[0],
  among = previews,
): string {
  const look = createLook(options);
  const machines = onSeveralMachines(among);
  const rows = previews.flatMap((preview, index) => previewRows(preview, index + 1, machines, look));
  const lines = layOutTable(columns, rows, look.width, look.paint);
  if (previews.some(({ speed_source, error }) => error === null && speed_source === 'predicted'))
    lines.push(...noteLines(look, 'dim', '~', 'predicted, not measured here yet'));
  return lines.map((line) => line.trimEnd()).join('\n');
}

const kinds: Record<Preview['kind'], string> = {
  gpu: 'one GPU',
  gpus: 'several GPUs',
  nodes: 'several machines',
  'gpu+cpu': 'GPU and CPU',
  cpu: 'CPU',
  none: 'nowhere',
};

/** A row per device; the number and the speeds stand in the first, the id or the reason under the last. */
function previewRows(preview: Preview, number: number, machines: boolean, look: Look): Row[] {
  const { shares, kind, error, id, decode_tokens_per_second, prefill_tokens_per_second } = preview;
  const speeds = [decode_tokens_per_second, prefill_tokens_per_second].map((speed) =>
    speedText(preview, speed),
  );
  // In the order of the layers; what only helps along, as the RAM with the embeddings does, comes last.
  const inOrder = shares.toSorted((one, other) => Number(one.layers === 0) - Number(other.layers === 0));
  const devices =
    shares.length > 0
      ? inOrder.map((share) => deviceCells(share, machines))
      : [[kinds[kind], unknown, unknown, unknown]];
  const rows = devices.map((cells, index): Row => {
    return { cells: index === 0 ? [String(number), ...cells, ...speeds] : ['', ...cells] };
  });
  const last = rows.pop() ?? { cells: [] };
  // An id is copied: it is neither cut nor wrapped.
  const below =
    error === null
      ? [look.paint('dim', `    Id: ${plain(id)}`), ...transferLines(preview, look)]
      : noteLines(look, 'yellow', '  No:', error);
  return [...rows, { ...last, below }];
}

function transferLines({ transfer_seconds }: Preview, look: Look): string[] {
  if (transfer_seconds === null) return [];
  const words = `sends its layers to other machines, about ${duration(transfer_seconds)}`;
  return noteLines(look, 'dim', '  First load:', words);
}

/** "GiB after": of the whole device, by whomever, when the model is there. */
function deviceCells(share: Share, machines: boolean): string[] {
  const { device_name, node_name, layers, capacity_bytes, free_bytes, total_bytes } = share;
  return [
    plain(machines ? `${device_name} @ ${node_name}` : device_name),
    String(layers),
    gib(capacity_bytes - free_bytes + total_bytes),
    gib(capacity_bytes),
  ];
}

function speedText({ speed_source }: Preview, speed: number | null): string {
  return orUnknown(speed, (value) => `${speed_source === 'predicted' ? '~' : ''}${twoDigits(value)}`);
}
