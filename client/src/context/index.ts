/** What the host may know of this window beyond its documents: where the user is, what they copy, what symbols mean. */
import { Disposable } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { tellCopies } from './copies';
import { answerDefinitions } from './definitions';
import { tellVisits } from './visits';

/** Before the client starts: it answers from the first moment on. */
export function openContext(client: LanguageClient): Disposable {
  return Disposable.from(tellVisits(client), tellCopies(client), answerDefinitions(client));
}
