/** How fast bytes arrive, over the last few seconds. Time is passed in. */
const windowMs = 5000;
/** Less says nothing. */
const leastMs = 500;
const everyMs = 100;

export interface Speed {
  /** `bytes` in all, at `nowMs`. */
  note(bytes: number, nowMs: number): void;
  /** Bytes per second; `null`: not known yet, or not any more. */
  at(nowMs: number): number | null;
}

export function createSpeed(): Speed {
  let notes: { bytes: number; ms: number }[] = [];

  return {
    note(bytes, ms) {
      const last = notes.at(-1);
      // Bytes that are thrown away have no speed.
      if (last && bytes < last.bytes) notes = [];
      if (last && bytes >= last.bytes && ms - last.ms < everyMs && notes.length > 1) last.bytes = bytes;
      else notes.push({ bytes, ms });
      // One older than the window stays: the window begins at it.
      while (notes[1] && notes[1].ms <= ms - windowMs) notes.shift();
    },
    at(nowMs) {
      const first = notes[0];
      const last = notes.at(-1);
      if (!first || !last) return null;
      // Silence counts: without it a stalled download would keep its speed.
      const ms = Math.max(nowMs, last.ms) - first.ms;
      return ms < leastMs ? null : ((last.bytes - first.bytes) * 1000) / ms;
    },
  };
}
