/** What a memory bar is made of, and what it says to those who do not see it. Pure. */
import type { Gpu, NodeMemory } from '#protocol';
import { bytes, bytesOf } from './format';
import type { Holding } from './holdings';

export type PartKind = 'weights' | 'kv' | 'buffers' | 'others' | 'driver' | 'leased' | 'planned' | 'free';

export interface MemoryPart {
  readonly kind: PartKind;
  readonly bytes: number;
  /** The letter of the model that holds it; `null`: no model of ours. */
  readonly mark: string | null;
}

export interface MemoryBar {
  /** In the order in which they are drawn; empty where the device reports nothing. */
  readonly parts: readonly MemoryPart[];
  /** Of everything that is taken, 0 to 100; `null`: unknown. */
  readonly usedPercent: number | null;
  /** "3.0 of 8.0 GiB" */
  readonly summary: string;
}

/** What is on a device, and what is said about it, beside its own readings. */
export interface Occupancy {
  readonly holdings: readonly Holding[];
  /** Bytes that are promised to models, of what the driver calls free. */
  readonly leased: number;
  /** Bytes that the preview which is looked at would add. */
  readonly planned: number;
}

export const nothingThere: Occupancy = { holdings: [], leased: 0, planned: 0 };

export const partNames: Record<PartKind, string> = {
  weights: 'weights',
  kv: 'KV cache',
  buffers: 'buffers',
  others: 'other programs',
  driver: 'driver',
  leased: 'promised',
  planned: 'would be added',
  free: 'free',
};

/** Whatever the driver says is in use and our models do not hold belongs to other programs. */
export function vramBar(gpu: Gpu, { holdings, leased, planned }: Occupancy): MemoryBar {
  const { vram_total: total, vram_used: used, vram_reserved: reserved } = gpu;
  if (total === null || used === null) return unknownBar(total);
  const driver = reserved ?? 0;
  const free = gpu.vram_free ?? Math.max(0, total - used - driver);
  const ours = fitting(holdings.flatMap(partsOf), used);
  const taken = sum(ours);
  return memoryBar(
    total,
    [
      ...ours,
      { kind: 'others', bytes: used - taken, mark: null },
      { kind: 'driver', bytes: driver, mark: null },
    ],
    { free, leased: leased - beingTaken(holdings), planned },
  );
}

/** Weights on the CPU are mapped from a file: the system calls their memory available. */
export function ramBar(memory: NodeMemory, { holdings, leased, planned }: Occupancy): MemoryBar {
  const available = Math.min(memory.ram_available, memory.ram_total);
  const used = memory.ram_total - available;
  const parts = holdings.flatMap(partsOf);
  const mapped = fitting(
    parts.filter(({ kind }) => kind === 'weights'),
    available,
  );
  const inUse = fitting(
    parts.filter(({ kind }) => kind !== 'weights'),
    used,
  );
  return memoryBar(
    memory.ram_total,
    [...mapped, ...inUse, { kind: 'others', bytes: used - sum(inUse), mark: null }],
    { free: available - sum(mapped), leased: leased - sum(mapped), planned },
  );
}

/** "3.0 of 8.0 GiB used: weights 2.4 GiB, other programs 0.6 GiB, free 5.0 GiB" */
export function spoken(bar: MemoryBar): string {
  if (bar.parts.length === 0) return `${bar.summary}, use unknown`;
  return `${bar.summary} used: ${totals(bar).map(partText).join(', ')}`;
}

export function partText({ kind, bytes: amount }: MemoryPart): string {
  return `${partNames[kind]} ${bytes(amount)}`;
}

/** One part a kind, whichever models hold it. */
export function totals({ parts }: MemoryBar): MemoryPart[] {
  const kinds = [...new Set(parts.map(({ kind }) => kind))];
  return kinds
    .sort((a, b) => order.indexOf(a) - order.indexOf(b))
    .map((kind) => ({ kind, bytes: sum(parts.filter((part) => part.kind === kind)), mark: null }));
}

export const order: readonly PartKind[] = [
  'weights',
  'kv',
  'buffers',
  'others',
  'driver',
  'leased',
  'planned',
  'free',
];

function partsOf({ weights, kv, buffers, mark }: Holding): MemoryPart[] {
  return [
    { kind: 'weights', bytes: weights, mark },
    { kind: 'kv', bytes: kv, mark },
    { kind: 'buffers', bytes: buffers, mark },
  ];
}

/** Models that are loading have taken this much of what was promised to them. */
function beingTaken(holdings: readonly Holding[]): number {
  return holdings
    .filter(({ state }) => state === 'loading')
    .reduce((all, { weights, kv, buffers }) => all + weights + kv + buffers, 0);
}

/** Never more than the device says: what would be too much is cut off at the end. */
function fitting(parts: readonly MemoryPart[], limit: number): MemoryPart[] {
  let left = limit;
  return parts.map((part) => {
    const fits = Math.max(0, Math.min(part.bytes, left));
    left -= fits;
    return { ...part, bytes: fits };
  });
}

function memoryBar(
  total: number,
  taken: readonly MemoryPart[],
  { free, leased, planned }: { free: number; leased: number; planned: number },
): MemoryBar {
  const promised = Math.max(0, Math.min(leased, free));
  const added = Math.max(0, Math.min(planned, free - promised));
  const all: readonly MemoryPart[] = [
    ...taken,
    { kind: 'leased', bytes: promised, mark: null },
    { kind: 'planned', bytes: added, mark: null },
    { kind: 'free', bytes: Math.max(0, free - promised - added), mark: null },
  ];
  const used = sum(taken);
  return {
    parts: all.filter((part) => part.bytes > 0),
    usedPercent: total > 0 ? Math.min(100, (100 * used) / total) : null,
    summary: bytesOf(used, total),
  };
}

function unknownBar(total: number | null): MemoryBar {
  return { parts: [], usedPercent: null, summary: bytesOf(null, total) };
}

function sum(parts: readonly MemoryPart[]): number {
  return parts.reduce((all, part) => all + part.bytes, 0);
}
