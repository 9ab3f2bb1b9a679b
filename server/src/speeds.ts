/** How fast the devices turned out to be, kept over restarts: the next preview on them is corrected by it. */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import * as z from 'zod';
import { replaceFile } from './replace-file';

const factor = z.number().positive().nullable();
const fileSchema = z.record(z.string().max(4096), z.object({ decode: factor, prefill: factor }));
/** Measured speed divided by the theoretical one; `null`: not measured. */
export type SpeedFactors = z.infer<typeof fileSchema>[string];

export interface Speeds {
  /** By the id of a preview. */
  all(): ReadonlyMap<string, SpeedFactors>;
  learn(previewId: string, factors: SpeedFactors): void;
}

/** More devices, and sets of devices, than one machine has; the oldest are forgotten. */
const mostEntries = 200;
/** Runs differ: a new one moves what is known by this share of the difference. */
const weightOfNew = 0.3;
/** Smaller changes are not worth a write. */
const tellingChange = 0.05;

export function openSpeeds(path: string, log: Logger): Speeds {
  const known = new Map(Object.entries(read(path)));
  let writing = Promise.resolve();

  function write(): void {
    const text = JSON.stringify(Object.fromEntries(known));
    writing = writing
      .then(() => replaceFile(path, text))
      .catch((error: Error) => log.warn(`Measured speeds could not be kept in ${path} (${error.message}).`));
  }

  return {
    all: () => known,
    learn(id, factors) {
      const before = known.get(id) ?? { decode: null, prefill: null };
      const now = {
        decode: moved(before.decode, factors.decode),
        prefill: moved(before.prefill, factors.prefill),
      };
      known.delete(id);
      known.set(id, now);
      const oldest = known.keys().next().value;
      if (known.size > mostEntries && oldest !== undefined) known.delete(oldest);
      if (differs(before.decode, now.decode) || differs(before.prefill, now.prefill)) write();
    },
  };
}

/** A file that is missing or not understood costs what was learned, no more. */
function read(path: string): Record<string, SpeedFactors> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}

function moved(before: number | null, measured: number | null): number | null {
  if (measured === null || !Number.isFinite(measured) || measured <= 0) return before;
  return before === null ? measured : before + (measured - before) * weightOfNew;
}

function differs(before: number | null, now: number | null): boolean {
  if (before === null || now === null) return before !== now;
  return Math.abs(now - before) > before * tellingChange;
}
