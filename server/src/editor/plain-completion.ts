/**
 * Plain `textDocument/completion`: the suggestion as an entry of the editor's list, where the editor has no inline
 * completion. It is offered to such editors only, for in others it would stand there twice.
 */
import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  CompletionRequest,
  InsertTextFormat,
  InsertTextMode,
  Range,
} from 'vscode-languageserver/node';
import * as z from 'zod';
import { acceptedCommand } from '#protocol';
import { onStandardRequest } from './checked';
import type { Session } from './session';
import { type Ask, type Offered, positionSchema } from './suggestions';

const paramsSchema = z.object({ textDocument: z.object({ uri: z.string() }), position: positionSchema });

/** Editors ask at words by themselves; at these, a line goes on. */
const triggerCharacters = ['.', ',', '(', '[', '{', '=', ':', ' '];
const longestLabel = 60;

export function plainCompletion({ connection, options, onHandshake }: Session, ask: Ask): void {
  onStandardRequest(connection, CompletionRequest.method, paramsSchema, async (params, signal) => {
    const { textDocument, position } = params;
    // The protocol calls it "invoked" when a word is typed, too: nobody is known to have asked for more than that.
    const offered = await ask({ uri: textDocument.uri, position, explicit: false }, signal);
    // The next key may bring another one.
    return {
      isIncomplete: true,
      items: offered === null ? [] : items(offered, position),
    } satisfies CompletionList;
  });

  onHandshake(({ capabilities }) => {
    const hasInline = capabilities.textDocument?.inlineCompletion !== undefined;
    if (options.client !== 'other' || hasInline) return {};
    return { completionProvider: { triggerCharacters } };
  });
}

function items({ document, suggestions }: Offered, { line, character }: z.infer<typeof positionSchema>) {
  const before = document.getText(Range.create(line, 0, line, character));
  return suggestions.map(({ id, insertText, start, end }, index): CompletionItem => {
    const [firstLine = '', ...more] = insertText.trimStart().split(/\r?\n/);
    // Editors match entries with the word before the cursor, whatever the entry replaces.
    const word = /[\p{L}\p{N}_$]*$/u.exec(before)?.[0] ?? '';
    const filterText = word + firstLine;
    return {
      label: shortened(filterText) + (more.length > 0 ? ' …' : ''),
      kind: CompletionItemKind.Text,
      detail: 'VRAMesh',
      ...(more.length > 0 && { documentation: insertText }),
      // Before what a language server knows, since it is in the list for one key only.
      sortText: `\u0020${index}`,
      preselect: index === 0,
      filterText,
      insertTextFormat: InsertTextFormat.PlainText,
      insertTextMode: InsertTextMode.asIs,
      textEdit: {
        range: Range.create(document.positionAt(start), document.positionAt(end)),
        newText: insertText,
      },
      command: { title: 'Suggestion accepted', command: acceptedCommand, arguments: [id] },
    };
  });
}

function shortened(text: string): string {
  return text.length > longestLabel ? `${text.slice(0, longestLabel)}…` : text;
}
