/** The strokes of a small line, and the area below them. Pure. */
import { slots } from './history';

const height = 22;
const margin = 2;
const step = 2;

/** Of the picture, in its own units. */
export const size = { width: (slots - 1) * step, height };

/** One stroke for each run of known values, and the area below it. */
export function drawn(values: readonly (number | null)[]): { line: string; area: string } {
  const first = slots - values.length;
  let line = '';
  let area = '';
  let begun: number | null = null;
  values.forEach((value, position) => {
    if (value === null) return;
    const x = (first + position) * step;
    const y = height - margin - (value / 100) * (height - 2 * margin);
    const point = `${x} ${y.toFixed(1)}`;
    if (begun === null) {
      begun = x;
      line += `M${point}`;
      area += `M${x} ${height}L${point}`;
    } else {
      line += `L${point}`;
      area += `L${point}`;
    }
    if ((values[position + 1] ?? null) !== null) return;
    // A single value would have no length.
    if (begun === x) {
      line += 'h1';
      area += 'h1';
    }
    area += `V${height}Z`;
    begun = null;
  });
  return { line, area };
}
