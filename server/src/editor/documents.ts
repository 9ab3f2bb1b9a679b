/** The documents that a window has open. The library tells that one was edited; where, only its update function hears. */
import { TextDocuments } from 'vscode-languageserver/node';
import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';

export interface Documents {
  readonly documents: TextDocuments<TextDocument>;
  /** Calls with each batch of changes, once they are in the document. */
  onEdit(listener: EditListener): void;
}

export type EditListener = (
  document: TextDocument,
  changes: readonly TextDocumentContentChangeEvent[],
) => void;

export function createDocuments(): Documents {
  const listeners: EditListener[] = [];
  const documents = new TextDocuments({
    create(uri: unknown, languageId: string, version: number, content: unknown) {
      // What throws here is not opened, and the session goes on.
      if (typeof uri !== 'string' || typeof content !== 'string') {
        throw new Error('A document without an address or a text cannot be opened.');
      }
      return TextDocument.create(uri, languageId, version, content);
    },
    update(document: TextDocument, changes: TextDocumentContentChangeEvent[], version: number) {
      const updated = TextDocument.update(document, changes, version);
      for (const listener of listeners) listener(updated, changes);
      return updated;
    },
  });
  return { documents, onEdit: (listener) => void listeners.push(listener) };
}
