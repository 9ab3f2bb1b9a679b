/** What imported symbols near a place are, asked from the editor's own language services. */
import { CancellationTokenSource, type Connection } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Definition, definitionsRequest } from '#protocol';
import { importedSymbols } from '../completion';

/** The editor has 100 ms for it; what comes much later belongs to a place that nobody is at any more. */
const PATIENCE_MS = 1000;

/** So often the same is asked while not all of it is known: language services may be slow, or still be starting. */
const MOST_TRIES = 8;

export interface Definitions {
  /** Of other documents only. Empty when it was told of the same before, or cannot say. Never rejects. */
  near(document: TextDocument, line: number): Promise<readonly Definition[]>;
}

export function createDefinitions(connection: Connection): Definitions {
  let last = { asked: '', tries: 0 };

  async function near(document: TextDocument, line: number): Promise<readonly Definition[]> {
    const { uri } = document;
    const symbols = importedSymbols(document, line);
    const asked = JSON.stringify([uri, ...symbols.map(({ name }) => name).sort()]);
    if (asked !== last.asked) last = { asked, tries: 0 };
    if (symbols.length === 0 || last.tries === MOST_TRIES) return [];
    last.tries += 1;
    const positions = symbols.map(({ line, character }) => ({ line, character }));
    const answer = definitionsRequest.result.safeParse(await ask(connection, { uri, positions }));
    if (!answer.success) return [];
    const { definitions } = answer.data;
    if (definitions.length >= symbols.length && last.asked === asked) last.tries = MOST_TRIES;
    return definitions.filter((definition) => definition.uri !== uri);
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
