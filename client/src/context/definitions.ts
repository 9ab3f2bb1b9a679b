/** Answers what symbols are, from the language services of the editor, within a budget. */
import {
  commands,
  type Disposable,
  type Location,
  type LocationLink,
  Position,
  Range,
  type Uri,
  workspace,
} from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type * as z from 'zod';
import { type Definition, definitionsRequest } from '#protocol';

const budgetMs = 100;
const mostLines = 32;
const mostCharacters = 4096;
/** Larger files are not read. */
const mostFileBytes = 1024 * 1024;

type Params = z.output<typeof definitionsRequest.params>;

export function answerDefinitions(client: LanguageClient): Disposable {
  return client.onRequest(definitionsRequest.method, async ({ uri, positions }: Params) => {
    const document = client.protocol2CodeConverter.asUri(uri);
    const found: Definition[] = [];
    const all = positions.map(async ({ line, character }) => {
      const place = await define(document, new Position(line, character));
      if (place) found.push({ ...place, uri: client.code2ProtocolConverter.asUri(place.uri) });
    });
    const late = new Promise((fulfil) => setTimeout(fulfil, budgetMs));
    await Promise.race([Promise.allSettled(all), late]);
    return { definitions: [...found] };
  });
}

interface Place extends Omit<Definition, 'uri'> {
  readonly uri: Uri;
}

/** null: nothing is known of it. */
async function define(document: Uri, position: Position): Promise<Place | null> {
  const [first] = await commands.executeCommand<(Location | LocationLink)[]>(
    'vscode.executeDefinitionProvider',
    document,
    position,
  );
  if (!first) return null;
  const uri = 'targetUri' in first ? first.targetUri : first.uri;
  // A link tells where all of the definition is, a location only where it begins.
  const { start, end } = 'targetUri' in first ? first.targetRange : first.range;
  const last =
    end.line > start.line ? Math.min(end.line + 1, start.line + mostLines) : start.line + mostLines;
  const text = await linesOf(uri, start.line, last);
  if (text === null) return null;
  return { uri, line: start.line, text: text.slice(0, text.lastIndexOf('\n', mostCharacters) + 1) };
}

/** Without opening it as a document, which everybody would hear of. null: it cannot be read, or is too large. */
async function linesOf(uri: Uri, from: number, to: number): Promise<string | null> {
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText(new Range(from, 0, to, 0));
  if ((await workspace.fs.stat(uri)).size > mostFileBytes) return null;
  const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
  return text
    .split(/\r\n?|\n/)
    .slice(from, to)
    .map((line) => `${line}\n`)
    .join('');
}
