/** Text on a terminal: made safe, measured in columns, cut and wrapped to fit, laid out as a table, coloured. */
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';
export type Paint = (colour: Colour | null, text: string) => string;

const codes: Record<Colour, string> = {
  red: '31',
  green: '32',
  yellow: '33',
  cyan: '36',
  dim: '2',
  bold: '1',
};

export function createPaint(enabled: boolean): Paint {
  return (colour, text) => (enabled && colour !== null ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
}

/** Characters of a text that are looked at: more would only be cut later. */
const longestText = 2000;

/** Text from a device, a process or another node, without anything that a terminal would obey. */
export function plain(text: string): string {
  return stripVTControlCharacters(text.slice(0, longestText))
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\u{fffd}')
    .replace(/\p{Cf}/gu, '')
    .trim();
}

/** One line of code, with its indentation, without anything that a terminal would obey. */
export function plainCode(line: string): string {
  return stripVTControlCharacters(line)
    .replace(/(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\p{Cs}/gu, '\u{fffd}')
    .replace(/\p{Cf}/gu, '');
}

const graphemes = new Intl.Segmenter();

/** Cuts text to at most `width` columns, the last one an ellipsis. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) {
    columns += stringWidth(segment);
    if (columns > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Breaks text at spaces into lines of at most `width` columns; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(cut(line, width));
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, cut(line, width)];
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Gives way when the terminal is narrow, and takes the room that is left when it is wide. */
  readonly flexible?: true;
}

export interface Row {
  readonly cells: readonly (string | { readonly text: string; readonly colour: Colour | null })[];
  /** Finished lines that belong under the row. */
  readonly below?: readonly string[];
}

const gap = '  ';
const indent = ' ';

/** Lines of `width` columns: the titles, then every row with what belongs under it. */
export function layOutTable(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
  paint: Paint,
): string[] {
  const texts = rows.map((row) => row.cells.map((cell) => (typeof cell === 'string' ? cell : cell.text)));
  const needed = columns.map((column, index) => {
    return Math.max(
      ...[column.title, ...texts.map((cells) => cells[index] ?? '')].map((text) => stringWidth(text)),
    );
  });
  const fixed = needed.reduce(
    (sum, columnWidth, index) => sum + (columns[index]?.flexible ? 0 : columnWidth),
    0,
  );
  const room = width - indent.length - gap.length * (columns.length - 1) - fixed;
  const widths = needed.map((columnWidth, index) =>
    columns[index]?.flexible ? Math.max(room, 1) : columnWidth,
  );

  const line = (cells: Row['cells'], style: Colour | null): string => {
    const padded = columns.map((column, index) => {
      const cell = cells[index] ?? '';
      const { text, colour } = typeof cell === 'string' ? { text: cell, colour: style } : cell;
      return paint(colour, pad(text, widths[index] ?? 0, column.align));
    });
    return `${indent}${padded.join(gap)}`;
  };

  return [
    line(
      columns.map((column) => column.title),
      'dim',
    ),
    ...rows.flatMap((row) => [line(row.cells, null), ...(row.below ?? [])]),
  ];
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const shown = cut(text, width);
  const space = ' '.repeat(Math.max(0, width - stringWidth(shown)));
  return align === 'right' ? space + shown : shown + space;
}
