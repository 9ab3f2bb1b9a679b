/** Is the model slow at present? Half of the last answers say so; a single long one, or loading, does not. */

const ANSWERS = 8;
/** Fewer say nothing. */
const FEWEST = 4;
/** ms until the first line; between the two it stays as it was. */
const SLOW = 1500;
const QUICK = 1000;

export interface Slowness {
  readonly slow: boolean;
  answered(ms: number): void;
}

export function createSlowness(): Slowness {
  const last: number[] = [];
  let slow = false;

  return {
    get slow() {
      return slow;
    },
    answered(ms) {
      last.push(ms);
      if (last.length > ANSWERS) last.shift();
      if (last.length < FEWEST) return;
      const middle = last.toSorted((a, b) => a - b)[Math.floor(last.length / 2)] ?? 0;
      slow = middle > (slow ? QUICK : SLOW);
    },
  };
}
