/** What a host that host-probe.mjs watches has done: what it asked of its engines, and when its event loop stood still. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GeneratePriority, GenerationStats } from '#protocol';
import { freshFolder } from '../host';

export interface HostReport {
  readonly generations: Generation[];
  readonly stalls: Stall[];
}

export interface Generation {
  readonly priority: GeneratePriority;
  readonly affinity: string;
  /** 0 for what is offered; above it for alternatives. */
  readonly temperature: number;
  /** ms since 1970; it ends with its last token, or when it was aborted. null: it never did. */
  readonly begin: number;
  end: number | null;
  /** By the host: it had enough, or nobody wanted it any more. */
  aborted: boolean;
  stats: GenerationStats | null;
}

export interface Stall {
  /** When it was over, in ms since 1970. */
  readonly at: number;
  /** How long nothing else could happen. */
  readonly ms: number;
  /** How much of it the host itself computed; the rest is another program's. null: unknown. */
  readonly own: number | null;
}

export interface Probe {
  /** For a host that is to be watched. */
  readonly env: NodeJS.ProcessEnv;
  /** What has happened since a moment (ms since 1970), once the host has ended. */
  report(since: number): HostReport;
}

export function createProbe(): Probe {
  const file = path.join(freshFolder(), 'report.json');
  const module = pathToFileURL(path.resolve('test/support/typing/host-probe.mjs'));
  return {
    env: { NODE_OPTIONS: `--import=${module.href}`, HOST_PROBE: file },
    report(since) {
      const { generations, stalls }: HostReport = JSON.parse(readFileSync(file, 'utf8'));
      return {
        generations: generations.filter(({ begin }) => begin >= since),
        stalls: stalls.filter(({ at, ms }) => at - ms >= since),
      };
    },
  };
}

/** How often the engine was asked for a suggestion; alternatives and idle work left out. */
export function generationsFor({ generations }: HostReport): number {
  return generations.filter(({ priority, temperature }) => priority === 'user' && temperature === 0).length;
}

/**
 * The most generations for one document at a time. Alternatives are left out: they are asked for together. So is idle
 * work when a user's begins: the engine ends it then.
 */
export function mostAtOnce({ generations }: HostReport): number {
  const main = generations.filter(({ temperature }) => temperature === 0);
  const counts = main.map(
    (one) =>
      main.filter(
        (other) =>
          other === one ||
          (other.affinity === one.affinity &&
            (other.priority === 'user' || one.priority === 'idle') &&
            other.begin <= one.begin &&
            (other.end ?? Number.POSITIVE_INFINITY) > one.begin),
      ).length,
  );
  return Math.max(0, ...counts);
}
