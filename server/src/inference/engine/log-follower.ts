/**
 * llama.cpp's log comes through a queue, later than what it tells of. node-llama-cpp drops what is still in it when
 * its next dry run begins: whoever needs the log must let it catch up first.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** ms without a line after which nothing more is expected. */
const quietMs = 20;
/** ms that are waited at most: without its log a model is as good, only less is known about it. */
const limitMs = 3000;
const stepMs = 5;

export interface LogFollower {
  /** A line has come. */
  heard(): void;
  /** Resolves when what is `expected` has come and the log is quiet. */
  caughtUp(expected: () => boolean): Promise<void>;
}

export function createLogFollower(): LogFollower {
  let heardAt = performance.now();
  return {
    heard() {
      heardAt = performance.now();
    },
    async caughtUp(expected) {
      const begin = performance.now();
      heardAt = begin;
      while (performance.now() - begin < limitMs && !(expected() && performance.now() - heardAt > quietMs))
        await delay(stepMs);
    },
  };
}
