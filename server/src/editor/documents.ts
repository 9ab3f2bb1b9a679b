/** The documents that a client has open, and what each change of them did. */
import { type TextDocumentContentChangeEvent, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { EditKind } from '../completion';

export type OnEdit = (document: TextDocument, kind: EditKind) => void;

export interface Documents {
  readonly documents: TextDocuments<TextDocument>;
  onEdit(listener: OnEdit): void;
}

export function createDocuments(): Documents {
  const listeners: OnEdit[] = [];
  const documents = new TextDocuments({
    create: TextDocument.create,
    update(before: TextDocument, changes, version) {
      const document = TextDocument.update(before, changes, version);
      const kind = changes.every(deletes) ? 'deleted' : 'typed';
      for (const listener of listeners) listener(document, kind);
      return document;
    },
  });
  return { documents, onEdit: (listener) => void listeners.push(listener) };
}

function deletes(change: TextDocumentContentChangeEvent): boolean {
  return 'range' in change && change.text === '';
}
