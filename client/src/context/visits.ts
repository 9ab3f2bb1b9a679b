/** Where the user has come to rest: in which document, and at which of its lines. */
import { Disposable, type TextEditor, window } from 'vscode';
import { State as ClientState, type LanguageClient } from 'vscode-languageclient/node';
import { tellPlace } from './tell-place';

/** Who stays shorter is passing by. */
const restMs = 1000;

export function tellVisits(client: LanguageClient): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const moved = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const editor = window.activeTextEditor;
      if (editor) tellPlace(client, editor.document, lineInView(editor), 'visited');
    }, restMs);
  };
  return Disposable.from(
    client.onDidChangeState(({ newState }) => {
      if (newState === ClientState.Running) moved();
    }),
    window.onDidChangeActiveTextEditor(moved),
    window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
      if (textEditor === window.activeTextEditor) moved();
    }),
    new Disposable(() => clearTimeout(timer)),
  );
}

/** The cursor's line where it can be seen, else the middle of what can. */
function lineInView({ selection, visibleRanges: [view] }: TextEditor): number {
  if (!view || view.contains(selection.active)) return selection.active.line;
  return Math.floor((view.start.line + view.end.line) / 2);
}
