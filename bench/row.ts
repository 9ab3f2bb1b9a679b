/** One line of the table: what was measured, what was wished for. */

export interface Row {
  readonly measure: string;
  /** '': nobody set one. */
  readonly target: string;
  readonly measured: string;
  /** null: there is no target, or nothing was measured. */
  readonly ok: boolean | null;
}

/** A value that should stay below its limit. */
export function below(measure: string, value: number, limit: number, unit: string): Row {
  return { measure, target: `< ${limit} ${unit}`, measured: `${rounded(value)} ${unit}`, ok: value < limit };
}

/** A value that should reach its goal. */
export function atLeast(measure: string, value: number, goal: number, unit: string): Row {
  return { measure, target: `≥ ${goal} ${unit}`, measured: `${rounded(value)} ${unit}`, ok: value >= goal };
}

/** A value that nobody set a target for. */
export function info(measure: string, measured: string): Row {
  return { measure, target: '', measured, ok: null };
}

/** What should have been measured, and why it was not. */
export function missing(measure: string, target: string, reason: string): Row {
  return { measure, target, measured: `not measured: ${reason}`, ok: null };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper = Number.NaN, lower = upper] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}

/** Three digits say as much as a shared machine can. */
export function rounded(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
