/**
 * How busy each GPU was in the last five minutes: one value each five seconds. Pure; the time is passed in. Kept as one
 * character a value, so that a cluster of hundreds of GPUs survives a reload of the page.
 */
import type { State } from '#protocol';

const slotMs = 5000;
/** Five minutes. */
export const slots = 60;
/** More GPUs than anybody looks at: beyond them nothing is kept. */
const mostGpus = 2000;
const longestKey = 300;

export interface History {
  /** @param now ms since 1970 */
  add(state: State, now: number): void;
  /** Oldest first, the last one is now; `null`: unknown. Fewer than `slots` at the beginning. */
  of(nodeId: string, gpuIndex: number): readonly (number | null)[];
  save(): SavedHistory;
}

export interface SavedHistory {
  readonly slot: number;
  readonly values: Readonly<Record<string, string>>;
}

/** @param saved what `save` gave, or anything else: what cannot be read is left out */
export function createHistory(saved: unknown): History {
  const restored = readSaved(saved);
  let slot = restored?.slot ?? 0;
  let values = new Map(Object.entries(restored?.values ?? {}));

  return {
    add(state, now) {
      const current = Math.floor(now / slotMs);
      const passed = current - slot;
      // The clock was set back.
      if (passed < 0) values = new Map();
      slot = current;
      const next = new Map<string, string>();
      for (const { node_id, node_profile } of state.topology.nodes) {
        for (const { index, gpu_usage } of node_profile.gpus) {
          if (next.size >= mostGpus) break;
          const key = keyOf(node_id, index);
          const before = values.get(key) ?? '';
          const kept = passed === 0 ? before.slice(0, -1) : before + missed(before, passed - 1);
          next.set(key, (kept + character(gpu_usage)).slice(-slots));
        }
      }
      values = next;
    },
    of: (nodeId, gpuIndex) => Array.from(values.get(keyOf(nodeId, gpuIndex)) ?? '', readingOf),
    save: () => ({ slot, values: Object.fromEntries(values) }),
  };
}

/** Nothing was heard of it in between; before the first value nothing was missed. */
function missed(before: string, count: number): string {
  return before === '' ? '' : gap.repeat(Math.min(slots, Math.max(0, count)));
}

const keyOf = (nodeId: string, gpuIndex: number) => `${nodeId.slice(0, longestKey - 10)} ${gpuIndex}`;

const gap = ' ';
/** '!' is 0 %. */
const zero = 33;

function character(percent: number | null): string {
  return percent === null ? gap : String.fromCharCode(zero + Math.round(Math.min(100, Math.max(0, percent))));
}

function readingOf(text: string): number | null {
  return text === gap ? null : text.charCodeAt(0) - zero;
}

function readSaved(saved: unknown): SavedHistory | null {
  if (typeof saved !== 'object' || saved === null || !('slot' in saved) || !('values' in saved)) return null;
  const { slot, values } = saved;
  if (!Number.isSafeInteger(slot) || typeof slot !== 'number' || slot < 0) return null;
  if (typeof values !== 'object' || values === null) return null;
  const readable = Object.entries(values)
    .slice(0, mostGpus)
    .filter(
      (entry): entry is [string, string] =>
        entry[0].length <= longestKey && typeof entry[1] === 'string' && /^[ -\u0085]{0,60}$/.test(entry[1]),
    );
  return { slot, values: Object.fromEntries(readable) };
}
