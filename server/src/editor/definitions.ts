/** What imported symbols near a place are, asked from the editor's own language services. */
import { CancellationTokenSource, type Connection } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Definition, definitionsRequest } from '#protocol';
import { importedSymbols } from '../completion';

/** The editor has 100 ms for it; what comes much later belongs to a place that nobody is at any more. */
const PATIENCE_MS = 1000;

/** So often it is worth asking the same again while nobody does anything: language services may still be starting. */
const MOST_TRIES = 8;

export interface FoundDefinitions {
  /** Of other documents only. */
  readonly definitions: readonly Definition[];
  /** Some are not known yet: it is worth asking again soon. */
  readonly isPartial: boolean;
}

export const noDefinitions: FoundDefinitions = { definitions: [], isPartial: false };

export interface Definitions {
  /** None when all of the same was told before, or the editor cannot say. Never rejects. */
  near(document: TextDocument, line: number): Promise<FoundDefinitions>;
}

export function createDefinitions(connection: Connection): Definitions {
  let last = { asked: '', tries: 0, isKnown: false };

  async function near(document: TextDocument, line: number): Promise<FoundDefinitions> {
    const { uri } = document;
    const symbols = importedSymbols(document, line);
    const asked = JSON.stringify([uri, ...symbols.map(({ name }) => name).sort()]);
    if (asked !== last.asked) last = { asked, tries: 0, isKnown: false };
    if (symbols.length === 0 || last.isKnown) return noDefinitions;
    last.tries += 1;
    const current = last;
    const positions = symbols.map(({ line, character }) => ({ line, character }));
    const answer = definitionsRequest.result.safeParse(await ask(connection, { uri, positions }));
    const definitions = answer.success ? answer.data.definitions : [];
    current.isKnown = definitions.length >= symbols.length;
    return {
      definitions: definitions.filter((definition) => definition.uri !== uri),
      isPartial: !current.isKnown && current.tries < MOST_TRIES,
    };
  }

  return { near };
}

/** null: no answer in time. */
async function ask(connection: Connection, params: object): Promise<unknown> {
  const cancel = new CancellationTokenSource();
  const patience = setTimeout(() => cancel.cancel(), PATIENCE_MS);
  const late = new Promise<null>((fulfil) => cancel.token.onCancellationRequested(() => fulfil(null)));
  try {
    return await Promise.race([
      connection.sendRequest<unknown>(definitionsRequest.method, params, cancel.token),
      late,
    ]);
  } catch {
    return null;
  } finally {
    clearTimeout(patience);
    cancel.dispose();
  }
}
