/** Tells the host of a place, while there is one. */
import type { TextDocument } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { visitedNotification } from '#protocol';

export function tellPlace(
  client: LanguageClient,
  document: TextDocument,
  line: number,
  how: 'visited' | 'copied',
): void {
  if (!client.isRunning()) return;
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  void client.sendNotification(visitedNotification.method, { uri, line, how });
}
