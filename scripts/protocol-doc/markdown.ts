/** Markdown as the formatter of this repository would write it, so that the document stays as it was generated. */

/** A table with aligned columns. A bar inside a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_title, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), rule, ...rest.map(line)].join('\n');
}

/** A block of JSON: one value over several lines, or one line for each value. */
export function json(...values: readonly unknown[]): string {
  const [first, ...more] = values;
  if (more.length === 0) return ['```json', pretty(first), '```'].join('\n');
  return ['```jsonl', ...values.map((value) => JSON.stringify(value)), '```'].join('\n');
}

/** Lists of one string stay on their line. */
function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/\[\n\s+("[^\n]*")\n\s+\]/g, '[$1]');
}

export function code(text: unknown): string {
  return `\`${String(text)}\``;
}

/** A link to a heading of the same document. */
export function linkTo(heading: string): string {
  const anchor = heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
  return `[${heading}](#${anchor})`;
}

/** "a, b or c" */
export function either(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

/** Paragraphs with one empty line between them; what is empty is left out. */
export function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
