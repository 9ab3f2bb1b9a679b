/** Documents to complete in: each is new to every cache, and the models go on in it for as long as they may. */

export interface BenchDocument {
  readonly uri: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly text: string;
  /** Where the prefix ends. */
  readonly end: readonly [line: number, character: number];
}

const code = `export function isEmpty(text: string): boolean {
  return text.trim() === '';
}

export function firstLine(text: string): string {
  const [line] = text.split('\\n');
  return line ?? '';
}

`;
/** The embedded model goes on with names to import, one after the other. */
const prefix = `${code.repeat(2)}import `;

let documents = 0;

export function newDocument(): BenchDocument {
  const number = documents++;
  // They differ where the prompt begins: at the suffix.
  const suffix = `
// part ${number}
export async function copy(from: string, to: string): Promise<void> {
  const text = await readFile(path.join(from, 'settings.json'), 'utf8');
  if (!isEmpty(text)) await writeFile(path.join(to, 'settings.json'), text);
}
`;
  const lines = prefix.split('\n');
  return {
    uri: `file:///bench-${number}.ts`,
    prefix,
    suffix,
    text: prefix + suffix,
    end: [lines.length - 1, lines.at(-1)?.length ?? 0],
  };
}
