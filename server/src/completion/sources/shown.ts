/**
 * The suggestions that a document shows, as far as a host can know: those that it offered last. While what is typed
 * is what one of them says, it is offered again as the same item from the same start, so that nothing flickers.
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
  /** The first one is shown first. */
  remember(uri: string, entries: readonly Entry[]): void;
  match(asked: Asked): Suggestion | null;
  forget(uri: string): void;
}

export function createShown(): Shown {
  const shown = new Map<string, readonly Entry[]>();

  function match(asked: Asked): Suggestion | null {
    for (const entry of shown.get(asked.uri) ?? []) {
      const rest = goingOn(entry, asked);
      if (rest !== null) return rest;
    }
    return null;
  }

  return {
    match,
    remember: (uri, entries) => void shown.set(uri, entries),
    forget: (uri) => void shown.delete(uri),
  };
}

function goingOn({ anchor, suggestion }: Entry, { text, offset, selected }: Asked): Suggestion | null {
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
