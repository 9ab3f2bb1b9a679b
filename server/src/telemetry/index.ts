/**
 * Telemetry: what this machine's GPUs, memory and CPU read, once a second while someone looks. It never changes a
 * device, never wakes one that sleeps, never starts a process, and makes up no number: what is not reported is null.
 */
import type { Logger } from 'pino';
import type { NodeProfile } from '#protocol';
import { createChangeLog } from './changes';
import { createSampler } from './sampler';

export interface Telemetry {
  /** The last sample; the first is taken before `openTelemetry` returns. */
  profile(): NodeProfile;
  /** Calls the listener after each sample, until the returned function is called. */
  onSample(listener: (profile: NodeProfile) => void): () => void;
  /** Someone looks: samples every second until the returned function is called, every 2 s otherwise. */
  look(): () => void;
  /** Takes a sample now: readings that are as new as can be without waking a GPU. */
  sample(): NodeProfile;
  close(): void;
}

/** ms between samples. */
const interval = { looking: 1000, idle: 2000 };
/** A driver may be slow: sampling takes at most this share of the host's time. */
const mostShare = 1 / 20;

/** `nvmlLibrary` is the path that VRAMESH_NVML_LIBRARY names. Does not throw: what is missing is in `gpu_problem`. */
export function openTelemetry(options: { nvmlLibrary: string | undefined; log: Logger }): Telemetry {
  const sampler = createSampler({ nvmlLibrary: options.nvmlLibrary, root: '/' });
  const logChanges = createChangeLog(options.log);
  const listeners = new Set<(profile: NodeProfile) => void>();
  const lookers = new Set<symbol>();
  let last: NodeProfile;
  let takenAt = 0;
  let cost = 0;
  let timer: NodeJS.Timeout | undefined;

  function sample(fresh: boolean): NodeProfile {
    takenAt = performance.now();
    last = sampler.sample(takenAt, fresh);
    cost = performance.now() - takenAt;
    logChanges(last);
    for (const listener of listeners) listener(last);
    return last;
  }

  function schedule(): void {
    clearTimeout(timer);
    const wait = Math.max(lookers.size > 0 ? interval.looking : interval.idle, cost / mostShare);
    timer = setTimeout(sampleOnTime, takenAt + wait - performance.now());
    timer.unref();
  }

  function sampleOnTime(): void {
    sample(false);
    schedule();
  }

  last = sample(true);
  schedule();

  return {
    profile: () => last,
    onSample(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look() {
      const looker = Symbol('looker');
      lookers.add(looker);
      if (lookers.size === 1) schedule();
      return () => {
        if (lookers.delete(looker) && lookers.size === 0) schedule();
      };
    },
    sample: () => sample(true),
    close() {
      clearTimeout(timer);
      listeners.clear();
      sampler.close();
    },
  };
}
