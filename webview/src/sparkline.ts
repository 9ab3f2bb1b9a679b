/** Utilisation of the last five minutes as a small line; what is not known is a gap. */
import { element, setAttribute, setText, svg, type View } from './dom';
import { percent } from './format';
import { slots } from './history';

export interface Utilisation {
  /** Oldest first, the last one is now. */
  readonly values: readonly (number | null)[];
  readonly now: number | null;
}

const height = 22;
const margin = 2;
const step = 2;

export function createSparkline(): View<Utilisation> {
  const line = svg('path', { class: 'line' });
  const area = svg('path', { class: 'area' });
  const width = (slots - 1) * step;
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', class: 'sparkline' },
    area,
    line,
  );
  const value = element('span', 'value');
  const root = element('div', 'utilisation', element('span', 'label', 'Use'), value, picture);
  return {
    root,
    update({ values, now }) {
      setText(value, percent(now));
      setAttribute(picture, 'aria-label', spoken(values));
      const paths = drawn(values);
      setAttribute(line, 'd', paths.line);
      setAttribute(area, 'd', paths.area);
    },
  };
}

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

function spoken(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return 'Utilisation of the last five minutes: unknown';
  const most = Math.max(...known);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return `Utilisation of the last five minutes: ${percent(mean)} on average, ${percent(most)} at most`;
}
