/** What a memory bar is made of, and what it says to those who do not see it. Pure. */
import type { Gpu, NodeMemory } from '#protocol';
import { bytes, bytesOf } from './format';

export type PartKind = 'models' | 'others' | 'used' | 'driver' | 'free';

export interface MemoryPart {
  readonly kind: PartKind;
  readonly bytes: number;
}

export interface MemoryBar {
  /** In the order in which they are drawn; empty where the device reports nothing. */
  readonly parts: readonly MemoryPart[];
  /** Of everything that is not free, 0 to 100; `null`: unknown. */
  readonly usedPercent: number | null;
  /** "3.0 of 8.0 GiB" */
  readonly summary: string;
}

export const partNames: Record<PartKind, string> = {
  models: 'models',
  others: 'other programs',
  used: 'used',
  driver: 'driver',
  free: 'free',
};

/**
 * The share of placed models is known where the driver tells the memory of each process, and our engines are among
 * them; elsewhere (Windows, containers) all use is one part.
 */
export function vramBar(gpu: Gpu, enginePids: ReadonlySet<number>): MemoryBar {
  const { vram_total: total, vram_used: used, vram_reserved: reserved } = gpu;
  if (total === null || used === null) return unknownBar(total);
  const driver = reserved ?? 0;
  const free = gpu.vram_free ?? Math.max(0, total - used - driver);
  const ours = (gpu.processes ?? [])
    .filter(({ pid }) => enginePids.has(pid))
    .reduce((sum, { vram_used }) => sum + (vram_used ?? 0), 0);
  const models = Math.min(ours, used);
  return memoryBar(total, [
    ...(models > 0
      ? ([
          { kind: 'models', bytes: models },
          { kind: 'others', bytes: used - models },
        ] as const)
      : ([{ kind: 'used', bytes: used }] as const)),
    { kind: 'driver', bytes: driver },
    { kind: 'free', bytes: free },
  ]);
}

export function ramBar({ ram_total, ram_available }: NodeMemory): MemoryBar {
  const free = Math.min(ram_available, ram_total);
  return memoryBar(ram_total, [
    { kind: 'used', bytes: ram_total - free },
    { kind: 'free', bytes: free },
  ]);
}

/** "3.0 of 8.0 GiB used: models 2.4 GiB, other programs 0.6 GiB, free 5.0 GiB" */
export function spoken({ parts, summary }: MemoryBar): string {
  if (parts.length === 0) return `${summary}, use unknown`;
  return `${summary} used: ${parts.map(partText).join(', ')}`;
}

export function partText({ kind, bytes: amount }: MemoryPart): string {
  return `${partNames[kind]} ${bytes(amount)}`;
}

function memoryBar(total: number, all: readonly MemoryPart[]): MemoryBar {
  const parts = all.filter((part) => part.bytes > 0);
  const taken = parts.filter(({ kind }) => kind !== 'free').reduce((sum, part) => sum + part.bytes, 0);
  return {
    parts,
    usedPercent: total > 0 ? Math.min(100, (100 * taken) / total) : null,
    summary: bytesOf(taken, total),
  };
}

function unknownBar(total: number | null): MemoryBar {
  return { parts: [], usedPercent: null, summary: bytesOf(null, total) };
}
