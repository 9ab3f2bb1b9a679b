/**
 * The tree-sitter runtime: one for all grammars. A parse is bounded in time, frees its tree, and never throws;
 * what the runtime does not survive is the last that it was asked.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Language, type Node, Parser } from '@vscode/tree-sitter-wasm';

/**
 * What is no code can take long: error recovery tries many readings. The runtime asks seldom whether to go on, so that
 * short texts are as much of the bound as this is.
 */
const MAX_MS = 5;

export interface BoundedParser {
  /** What `ask` says of the tree's root; null: the text has not been parsed. */
  parse<T>(text: string, ask: (root: Node) => T): T | null;
}

export interface ParsersOptions {
  /** Where the grammars and the runtime are: `dist/grammars`. */
  readonly folder: string;
  /** Starts one that says how many ms of work were done since: a parse that takes too long is given up. */
  stopwatch(): () => number;
}

export interface Parsers {
  /** Rejects when the runtime or the grammar does not load. */
  open(file: string): Promise<BoundedParser>;
}

export function createParsers({ folder, stopwatch }: ParsersOptions): Parsers {
  let runtime: Promise<void> | null = null;
  let broken = false;

  async function open(file: string): Promise<BoundedParser> {
    runtime ??= Parser.init({ locateFile: (name: string) => join(folder, name) });
    await runtime;
    const language = await Language.load(await readFile(join(folder, file)));
    const parser = new Parser();
    parser.setLanguage(language);
    // The first parse compiles: nobody shall wait for that with a limit.
    parser.parse('a')?.delete();
    return { parse: (text, ask) => bounded(parser, text, ask) };
  }

  function bounded<T>(parser: Parser, text: string, ask: (root: Node) => T): T | null {
    if (broken) return null;
    try {
      const worked = stopwatch();
      const tree = parser.parse(readable(text), null, { progressCallback: () => worked() > MAX_MS });
      if (tree === null) {
        // Else the next parse would go on with this text.
        parser.reset();
        return null;
      }
      try {
        return ask(tree.rootNode);
      } finally {
        tree.delete();
      }
    } catch {
      // The runtime has aborted, for want of memory perhaps: its state is unknown.
      broken = true;
      return null;
    }
  }
  return { open };
}

/** Some scanners take NUL for the end of the file, and look for the rest of it at each character. */
function readable(text: string): string {
  return text.replaceAll('\0', ' ');
}
