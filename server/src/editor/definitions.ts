/** What imported symbols near a place are, asked from the editor's own language services. */
import { CancellationTokenSource, type Connection } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Definition, definitionsRequest } from '#protocol';
import { importedSymbols } from '../completion';

/** The editor has 100 ms for it; what comes much later belongs to a place that nobody is at any more. */
const PATIENCE_MS = 1000;

export interface Definitions {
  /** Of other documents only. Empty when the same was asked last, or the editor cannot say. Never rejects. */
  near(document: TextDocument, line: number): Promise<readonly Definition[]>;
}

export function createDefinitions(connection: Connection): Definitions {
  let lastAsked = '';

  async function near(document: TextDocument, line: number): Promise<readonly Definition[]> {
    const { uri } = document;
    const symbols = importedSymbols(document, line);
    const asked = JSON.stringify([uri, ...symbols.map(({ name }) => name).sort()]);
    if (symbols.length === 0 || asked === lastAsked) return [];
    lastAsked = asked;
    const positions = symbols.map(({ line, character }) => ({ line, character }));
    const answer = definitionsRequest.result.safeParse(await ask(connection, { uri, positions }));
    return answer.success ? answer.data.definitions.filter((definition) => definition.uri !== uri) : [];
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
