/**
 * The suggestion that a document shows, as far as a host can know: the one that it offered last. While what is typed
 * is what it says, it is offered again as the same item from the same start, so that nothing flickers.
 */
import { type Anchor, typedSince } from '../anchor';
import { comesBack } from '../auto-closed';
import type { CompletionRequest, Suggestion } from '../index';

type Asked = Pick<CompletionRequest, 'uri' | 'text' | 'offset' | 'selected'>;

interface Entry {
  /** Where the suggestion starts, and what it replaces. */
  readonly anchor: Anchor;
  readonly suggestion: Suggestion;
}

export interface Shown {
  remember(uri: string, entry: Entry): void;
  match(asked: Asked): Suggestion | null;
  forget(uri: string): void;
}

export function createShown(): Shown {
  const shown = new Map<string, Entry>();

  function match({ uri, text, offset, selected }: Asked): Suggestion | null {
    const last = shown.get(uri);
    if (last === undefined) return null;
    const { anchor, suggestion } = last;
    const { insertText } = suggestion;
    const typed = typedSince(anchor, text, offset);
    // A suggestion stays on its line; what was typed past a line end is found in the cache.
    if (typed === null || typed.text.includes('\n')) return null;
    if (!insertText.startsWith(typed.text) || insertText === typed.text) return null;
    if (selected && (selected.start !== anchor.offset || !insertText.startsWith(selected.text))) return null;
    const rest = insertText.slice(typed.text.length);
    if (comesBack(typed.closed, rest)) return { ...suggestion, end: offset + typed.closed.length };
    // It closes nothing of what the editor has closed: then that may stay.
    const stays = anchor.replaced === '' && ![...typed.closed].some((each) => rest.includes(each));
    return stays ? { ...suggestion, end: offset } : null;
  }

  return {
    match,
    remember: (uri, entry) => void shown.set(uri, entry),
    forget: (uri) => void shown.delete(uri),
  };
}
