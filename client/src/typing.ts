/**
 * When the editor does not ask for completions by itself: with a selection, and right after undoing or redoing, which
 * only the editor knows of. Everything else is the host's to decide.
 */
import {
  type Disposable,
  type InlineCompletionContext,
  InlineCompletionTriggerKind,
  type TextDocument,
  TextDocumentChangeReason,
  window,
  workspace,
} from 'vscode';

export class Typing implements Disposable {
  /** Documents whose last change was an undo or a redo. */
  readonly #undone = new WeakSet<TextDocument>();
  readonly #listener = workspace.onDidChangeTextDocument(({ document, contentChanges, reason }) => {
    if (contentChanges.length === 0) return;
    const undone = reason === TextDocumentChangeReason.Undo || reason === TextDocumentChangeReason.Redo;
    if (undone) this.#undone.add(document);
    else this.#undone.delete(document);
  });

  /** What the user did last that keeps the editor from asking. */
  whyQuiet(document: TextDocument): 'selection' | 'undone' | null {
    const editor = window.activeTextEditor;
    if (editor?.document === document && editor.selections.some(({ isEmpty }) => !isEmpty))
      return 'selection';
    return this.#undone.has(document) ? 'undone' : null;
  }

  /** Whether a completion may be asked for; one that the user wants always may. */
  mayAsk(document: TextDocument, { triggerKind }: InlineCompletionContext): boolean {
    return triggerKind === InlineCompletionTriggerKind.Invoke || this.whyQuiet(document) === null;
  }

  dispose(): void {
    this.#listener.dispose();
  }
}
