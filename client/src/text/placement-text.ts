/** What is said of a placement, as a preview and once it is made. Pure. */
import { t } from '@vscode/l10n';
import type { Instance, MeasuredMemory, Preview, Share } from '#protocol';
import {
  bytesPerSecond,
  duration,
  escapeMarkdown,
  inGib,
  percent,
  plain,
  size,
  tokensPerSecond,
  unknown,
} from './format';

export interface ItemText {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** Whether no other GPU would hold layers. */
export function isOnGpu({ shares }: Preview, index: number): boolean {
  const gpus = shares.filter(({ gpu_index, layers }) => gpu_index !== null && layers > 0);
  return gpus.length > 0 && gpus.every(({ gpu_index }) => gpu_index === index);
}

/** `machines`: there are others in the list that are on another machine. A preview in a list: devices, memory and speed; below, what else was worked out, or why it cannot be. */
export function previewItem(preview: Preview, machines: boolean): ItemText {
  const { error, kind, decode_tokens_per_second } = preview;
  const shares = holders(preview);
  const several = shares.length > 1;
  const memory = shares.map((share) => memoryAfter(share, several)).join(' + ');
  // The memory of several devices is long, and would push the speed out of sight.
  const below = several && error === null;
  return {
    label: shares.length > 0 ? devices(shares, machines) : `$(circle-slash) ${kinds[kind]}`,
    description: [below ? '' : memory, speed(preview, decode_tokens_per_second)]
      .filter((part) => part !== '')
      .join(' · '),
    detail: error === null ? [...(below ? [memory] : []), ...facts(preview)].join(' · ') : plain(error),
  };
}

const kinds: Record<Preview['kind'], string> = {
  gpu: t('One GPU'),
  gpus: t('Several GPUs'),
  nodes: t('Several machines'),
  'gpu+cpu': t('GPU and CPU'),
  cpu: t('CPU'),
  none: t('Nowhere'),
};

/** A table with a row per device: what was predicted, and what it came to. Markdown; empty without a placement. */
export function placementTable({ placement, memory }: Instance): string {
  if (placement === null || placement.shares.length === 0) return '';
  const split = placement.nodes.length > 1;
  const rows = helpersLast(placement.shares).map((share) => {
    const found = memory.find(
      ({ node_id, device_id }) => node_id === share.node_id && device_id === share.device_id,
    );
    const [predicted, measured] = found ? memoryCells(found, share) : [size(share.total_bytes), unknown];
    const name = escapeMarkdown(deviceName(share, split));
    return row([name, String(share.layers), predicted, measured]);
  });
  const titles = row([t('Device'), t('layers'), t('predicted'), t('measured')]);
  return [titles, '|:--|--:|--:|--:|', ...rows].join('\n');
}

/** VS Code's hovers leave no room between columns. */
function row(cells: readonly string[]): string {
  return `| ${cells.join(' | &emsp;')} |`;
}

/** "workstation holds 12 layers: 473 MiB sent, 34 KiB per token", a line per machine. Markdown; empty where it is all on one. */
export function shardLines({ shards }: Instance): string {
  const lines = shards.map((shard) => {
    const {
      node_name,
      layers,
      sent_bytes,
      load_bytes_per_second: rate,
      cached_bytes,
      bytes_per_token,
    } = shard;
    const facts = [
      rate === null
        ? t('{0} sent', size(sent_bytes))
        : t('{0} sent at {1}', size(sent_bytes), bytesPerSecond(rate)),
      ...(cached_bytes ? [t('{0} it had kept', size(cached_bytes))] : []),
      ...(bytes_per_token === null ? [] : [t('{0} per token', size(bytes_per_token))]),
    ];
    return t('{0} holds {1}: {2}', escapeMarkdown(node_name), layerCount(layers), facts.join(', '));
  });
  return lines.join('  \n');
}

/** "82 tok/s (predicted 85), prompt 1900 tok/s (predicted 2100)" */
export function speedText(instance: Instance): string {
  const { placement } = instance;
  const compare = (real: number | null, predicted: number | null) =>
    predicted === null
      ? tokensPerSecond(real)
      : t('{0} (predicted {1})', tokensPerSecond(real), tokensPerSecond(predicted));
  const decode = compare(instance.tokens_per_second, placement?.decode_tokens_per_second ?? null);
  const prompt = compare(instance.prefill_tokens_per_second, placement?.prefill_tokens_per_second ?? null);
  return t('speed {0}, prompt {1}', decode, prompt);
}

/**
 * "3.2 GiB", "3.1 GiB (3% less)". Where the driver does not tell what a process holds, only llama.cpp's own buffers are
 * known, and so what was predicted for them is said as well.
 */
function memoryCells(
  { predicted_bytes, driver_bytes, buffers_bytes }: MeasuredMemory,
  { overhead_bytes }: Share,
): [predicted: string, measured: string] {
  const predicted = size(predicted_bytes);
  const measured = driver_bytes ?? buffers_bytes;
  if (measured === null) return [predicted, unknown];
  if (driver_bytes === null && overhead_bytes > 0) {
    const buffers = size(predicted_bytes - overhead_bytes);
    return [t('{0}, {1} of it buffers', predicted, buffers), t('{0} of buffers', size(measured))];
  }
  return [predicted, `${size(measured)}${differenceText(measured, predicted_bytes)}`];
}

/** " (3% less)", than predicted. */
function differenceText(measured: number, predicted: number): string {
  const difference = predicted === 0 ? 0 : Math.round((measured / predicted - 1) * 100);
  if (difference === 0) return '';
  const amount = percent(Math.abs(difference));
  return ` (${difference < 0 ? t('{0} less', amount) : t('{0} more', amount)})`;
}

/** In the order of the layers; what only helps along, as the RAM with the embeddings does, comes last. */
function helpersLast(shares: readonly Share[]): Share[] {
  return shares.toSorted((one, other) => Number(one.layers === 0) - Number(other.layers === 0));
}

/** The devices that hold layers; those that only help along are named in the detail. */
function holders({ shares }: Preview): Share[] {
  const holding = shares.filter(({ layers }) => layers > 0);
  return holding.length > 0 ? holding : shares;
}

/** "$(chip) 2× NVIDIA GeForce RTX 4090 + $(vm) CPU": neighbours of one name are counted. */
function devices(shares: readonly Share[], machines: boolean): string {
  const groups: { name: string; mark: string; count: number }[] = [];
  for (const share of shares) {
    const name = plain(deviceName(share, machines));
    const last = groups.at(-1);
    if (last?.name === name) last.count += 1;
    else groups.push({ name, mark: share.gpu_index === null ? '$(vm)' : '$(chip)', count: 1 });
  }
  return groups.map(({ name, mark, count }) => `${mark} ${count > 1 ? `${count}× ` : ''}${name}`).join(' + ');
}

function deviceName({ device_name, node_name }: Share, withMachine: boolean): string {
  return withMachine ? t('{0} on {1}', device_name, node_name) : device_name;
}

/** "12.3 of 24.0 GiB": of the device, by whomever, when the model is there. */
function memoryAfter(share: Share, withLayers: boolean): string {
  const used = share.capacity_bytes - share.free_bytes + share.total_bytes;
  const memory = t('{0} of {1} GiB', inGib(used), inGib(share.capacity_bytes));
  return withLayers ? `${memory}, ${layerCount(share.layers)}` : memory;
}

function facts(preview: Preview): string[] {
  const { context_size, sequences, kv_cache_type, layers, layers_on_gpu } = preview;
  const parts = [
    layers_on_gpu > 0 && layers_on_gpu < layers
      ? t('{0} of {1} on the GPU', layers_on_gpu, layerCount(layers))
      : layerCount(layers),
    t('context {0} tokens × {1}', context_size, sequences),
    t('prompt {0}', speed(preview, preview.prefill_tokens_per_second)),
  ];
  if (kv_cache_type !== 'f16') parts.push(t('KV cache {0}', kv_cache_type));
  if (preview.transfer_seconds !== null)
    parts.push(t('first load about {0}', duration(preview.transfer_seconds)));
  const held = holders(preview);
  for (const share of preview.shares.filter((other) => !held.includes(other)))
    parts.push(t('and {0} on {1}', size(share.total_bytes), plain(share.device_name)));
  return parts;
}

/** "~85 tok/s"; without the tilde when it was measured on these devices. */
function speed({ speed_source, error }: Preview, value: number | null): string {
  if (value === null && error !== null) return '';
  return `${value !== null && speed_source === 'predicted' ? '~' : ''}${tokensPerSecond(value)}`;
}

function layerCount(layers: number): string {
  return layers === 1 ? t('1 layer') : t('{0} layers', layers);
}
