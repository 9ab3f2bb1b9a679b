/**
 * One model loads at a time: while an engine takes its memory nobody can tell how much of what is free is already
 * spoken for, and two that load side by side are both slower.
 */
import { orAborted } from '../or-aborted';

export type Turnstile = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export function createTurnstile(): Turnstile {
  let last: Promise<unknown> = Promise.resolve();
  return async (work, signal) => {
    const before = last;
    let leave: () => void = () => {};
    const mine = new Promise<void>((fulfil) => {
      leave = fulfil;
    });
    last = before.then(() => mine);
    try {
      await orAborted(before, signal);
      return await work();
    } finally {
      leave();
    }
  };
}
