/** Utilisation of the last five minutes as a small line; what is not known is a gap. */
import { element, setAttribute, setText, svg, type View } from './dom';
import { percent } from './format';
import { drawn, size } from './sparkline-path';

export interface Utilisation {
  /** Oldest first, the last one is now. */
  readonly values: readonly (number | null)[];
  readonly now: number | null;
}

export function createSparkline(): View<Utilisation> {
  const line = svg('path', { class: 'line' });
  const area = svg('path', { class: 'area' });
  const picture = svg(
    'svg',
    {
      viewBox: `0 0 ${size.width} ${size.height}`,
      preserveAspectRatio: 'none',
      role: 'img',
      class: 'sparkline',
    },
    area,
    line,
  );
  const value = element('span', 'value use');
  const root = element('div', 'utilisation', element('span', 'label use', 'Use'), value, picture);
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

function spoken(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return 'Utilisation of the last five minutes: unknown';
  const most = Math.max(...known);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return `Utilisation of the last five minutes: ${percent(mean)} on average, ${percent(most)} at most`;
}
