/** Documents for the tests of the context. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { RingChunk } from '../../../../server/src/completion/context';

export function document(
  text: string,
  uri = 'file:///project/a.ts',
  languageId = 'typescript',
): TextDocument {
  return TextDocument.create(uri, languageId, 1, text);
}

/** Lines that no other name has. */
export function lines(name: string, count: number): string {
  return Array.from({ length: count }, (_, at) => `const ${name}${at} = ${at};\n`).join('');
}

/** A piece of ten lines of a document of its own, named after it. */
export function chunk(name: string, changes: Partial<RingChunk> = {}): RingChunk {
  const path = `${name}.ts`;
  return {
    uri: `file:///project/${path}`,
    path,
    line: 0,
    text: lines(name, 10),
    origin: 'visited',
    ...changes,
  };
}
