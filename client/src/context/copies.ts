/** What the user copies: VS Code tells those who may want to have a part in pasting it. */
import { type Disposable, languages } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { tellPlace } from './tell-place';

export function tellCopies(client: LanguageClient): Disposable {
  return languages.registerDocumentPasteEditProvider(
    [{ scheme: 'file' }, { scheme: 'untitled' }, { scheme: 'vscode-notebook-cell' }],
    {
      prepareDocumentPaste(document, [first]) {
        if (first) tellPlace(client, document, first.start.line, 'copied');
      },
    },
    { providedPasteEditKinds: [], copyMimeTypes: ['text/plain'] },
  );
}
