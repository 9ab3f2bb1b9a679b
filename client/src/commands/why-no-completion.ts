/** "Why No Completion Here?": the first thing that stands in the way of one at the cursor, and a button that helps. */
import { commands, languages, type TextEditor, window, workspace } from 'vscode';
import { whyNoCompletionRequest } from '#protocol';
import { request } from '../requests';
import { readSettings } from '../settings';
import { type WhySituation, whyNoCompletion } from '../text/why-text';
import { coveredDocuments, type Vramesh } from '../vramesh';

export async function explainNoCompletion(vramesh: Vramesh): Promise<void> {
  const { reason, remedy } = whyNoCompletion(await situationOf(vramesh, window.activeTextEditor));
  const choice = await window.showInformationMessage(
    `VRAMesh: ${reason}`,
    ...(remedy === null ? [] : [remedy.title]),
  );
  if (remedy !== null && choice === remedy.title)
    await commands.executeCommand(remedy.command, remedy.argument);
}

async function situationOf(vramesh: Vramesh, editor: TextEditor | undefined): Promise<WhySituation> {
  const { state, problem, snooze, typing, client } = vramesh;
  const document = editor?.document;
  const covered = document !== undefined && languages.match(coveredDocuments, document) > 0;
  return {
    state,
    problem,
    settings: readSettings(),
    languageId: document?.languageId ?? null,
    snoozedFor: snooze.secondsLeft,
    editor: document
      ? {
          covered,
          inlineSuggest: workspace.getConfiguration('editor', document).get('inlineSuggest.enabled', true),
          typing: typing.whyQuiet(document),
        }
      : null,
    host:
      covered && editor && client.isRunning()
        ? await request(vramesh, whyNoCompletionRequest, {
            textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) },
            position: client.code2ProtocolConverter.asPosition(editor.selection.active),
          })
        : null,
  };
}
