/** The placed models in `vramesh status`: how each is, and what it holds beside what was predicted. Pure. */
import {
  type Instance,
  type MeasuredMemory,
  machineOf,
  type ShardState,
  type Share,
  type State,
} from '#protocol';
import { bytes, ofTotal, orUnknown, percent, twoDigits } from './format';
import { type Look, noteLines } from './look';
import { type Column, layOutTable, plain, type Row } from './terminal-text';

const columns: readonly Column[] = [
  { title: 'Model', flexible: true },
  { title: 'State' },
  { title: 'Backend' },
  { title: 'GPU layers', align: 'right' },
  { title: 'Context', align: 'right' },
  { title: 'Tokens/s', align: 'right' },
];

const colours = {
  placing: 'cyan',
  loading: 'cyan',
  ready: 'green',
  idle: 'dim',
  restarting: 'yellow',
  failed: 'red',
} as const;

/** A block of `status`. */
export function instanceBlock(state: State, look: Look): string[] {
  const { instances } = state;
  if (instances.length === 0) return [' No model is placed: vramesh place MODEL'];
  return layOutTable(
    columns,
    instances.map((instance) => instanceRow(instance, machineOf(instance.node_id, state), look)),
    look.width,
    look.paint,
  );
}

/** @param machine `null`: this one */
function instanceRow(instance: Instance, machine: string | null, look: Look): Row {
  const { model, state, progress, backend, layers, layers_on_gpu, context_size, error, note } = instance;
  const stateText = state === 'loading' && progress !== null ? `loading ${percent(progress * 100)}` : state;
  return {
    cells: [
      plain(machine === null ? model.name : `${model.name} @ ${machine}`),
      { text: stateText, colour: colours[state] },
      orUnknown(backend, (name) => name),
      ofTotal(layers_on_gpu, layers, String, '/', ''),
      orUnknown(context_size, String),
      orUnknown(instance.tokens_per_second, (speed) => speed.toFixed(1)),
    ],
    below: [
      ...noteLines(look, 'dim', '  Role:', roleText(instance)),
      ...memoryLines(instance, look),
      ...shardLines(instance, look),
      ...(error === null ? [] : noteLines(look, state === 'failed' ? 'red' : 'yellow', '  Error:', error)),
      ...(note === null ? [] : noteLines(look, 'dim', '  Note:', note)),
    ],
  };
}

function roleText({ role, state, placement, tokens_per_second }: Instance): string {
  const predicted = placement?.decode_tokens_per_second ?? null;
  return [
    role,
    ...(predicted === null
      ? []
      : [`${twoDigits(predicted)} tok/s predicted, ${orUnknown(tokens_per_second, twoDigits)} measured`]),
    ...(state === 'idle' ? ['unloaded, the next request brings it back'] : []),
  ].join(' · ');
}

/** A line per device: "3.2 GiB predicted, 3.1 GiB measured (3% less)". */
function memoryLines({ placement, memory }: Instance, look: Look): string[] {
  const split = (placement?.nodes.length ?? 1) > 1;
  return (placement?.shares ?? []).flatMap((share) => {
    const found = memory.find(
      ({ node_id, device_id }) => node_id === share.node_id && device_id === share.device_id,
    );
    const where = split
      ? `${share.device_name} of ${share.node_name}, ${share.layers} layers`
      : share.device_name;
    const predicted = `${bytes(share.total_bytes)} predicted`;
    const measured = found ? measuredText(found, share) : 'not measured yet';
    return noteLines(look, 'dim', '  Memory:', `${plain(where)}: ${predicted}, ${measured}`);
  });
}

/** A line per machine that holds layers of it for the one that runs it. */
function shardLines({ shards }: Instance, look: Look): string[] {
  return shards.flatMap((shard) => noteLines(look, 'dim', '  Shard:', shardText(shard)));
}

/** "workstation: 12 layers, 473 MiB sent, 1.2 GiB it had kept, 34 KiB per token" */
function shardText(shard: ShardState): string {
  const { node_name, layers, sent_bytes, load_bytes_per_second, cached_bytes, bytes_per_token } = shard;
  const speed = load_bytes_per_second === null ? '' : ` at ${bytes(load_bytes_per_second)}/s`;
  return [
    `${plain(node_name)}: ${layers} layers`,
    `${bytes(sent_bytes)} sent${speed}`,
    ...(cached_bytes ? [`${bytes(cached_bytes)} it had kept`] : []),
    ...(bytes_per_token === null ? [] : [`${bytes(bytes_per_token)} per token`]),
  ].join(', ');
}

/**
 * Where the driver does not tell what a process holds, only llama.cpp's own buffers are known, and so what was predicted
 * for them is said as well.
 */
function measuredText(
  { predicted_bytes, driver_bytes, buffers_bytes }: MeasuredMemory,
  { overhead_bytes }: Share,
): string {
  const measured = driver_bytes ?? buffers_bytes;
  if (measured === null) return 'measured —';
  if (driver_bytes === null && overhead_bytes > 0)
    return `${bytes(predicted_bytes - overhead_bytes)} of it buffers: ${bytes(measured)} measured`;
  const difference = predicted_bytes === 0 ? 0 : Math.round((measured / predicted_bytes - 1) * 100);
  if (difference === 0) return `${bytes(measured)} measured`;
  return `${bytes(measured)} measured (${percent(Math.abs(difference))} ${difference < 0 ? 'less' : 'more'})`;
}
