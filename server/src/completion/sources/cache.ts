/**
 * What was offered, by place. A place is known by the text just around the cursor; a place a few characters further
 * on is known too, when these are what was offered: the rest of it is the answer.
 */
import { LRUCache } from 'lru-cache';
import { autoClosed, comesBack } from '../auto-closed';
import type { Surroundings } from '../surroundings';

/** About a thousand places. */
const MAX_BYTES = 1024 * 1024;
/** UTF-16 units around the cursor that make a place. */
const PREFIX_TAIL = 256;
const SUFFIX_HEAD = 128;
/** UTF-16 units that may have been typed of a suggestion. */
const MAX_TYPED = 256;

export interface CachePlace {
  readonly modelKey: string;
  readonly languageId: string;
  /** Other files say other things: what was written with them in view is another answer. */
  readonly contextVersion: number;
  readonly around: Pick<Surroundings, 'prefix' | 'suffix'>;
}

/** What may be offered: '' for "nothing". */
export interface Answer {
  readonly text: string;
  /** UTF-16 units behind the cursor that it replaces. */
  readonly replaced: number;
}

export interface Cache {
  /** What was offered here, or the rest of what was offered before it was typed; null: unknown. */
  find(place: CachePlace): Answer | null;
  remember(place: CachePlace, answer: Answer): void;
}

export function createCache(maxBytes = MAX_BYTES): Cache {
  const offered = new LRUCache<string, Answer>({
    maxSize: maxBytes,
    sizeCalculation: ({ text }, key) => 2 * (key.length + text.length),
  });

  /** @param closed what the editor has closed behind the cursor since. */
  function findBefore(place: CachePlace, fewest: number, closed: string): Answer | null {
    const { prefix, suffix } = place.around;
    const furthest = Math.min(MAX_TYPED, prefix.length);
    for (let typed = fewest; typed <= furthest; typed++) {
      const answer = offered.get(keyOf(place, typed, closed.length));
      if (answer === undefined) continue;
      if (typed === 0) return answer;
      const rest = answer.text.slice(typed);
      if (rest.trim() === '' || !answer.text.startsWith(prefix.slice(-typed))) continue;
      const replaced = closed.length + answer.replaced;
      if (comesBack(suffix.slice(0, replaced), rest)) return { text: rest, replaced };
    }
    return null;
  }

  function find(place: CachePlace): Answer | null {
    const found = findBefore(place, 0, '');
    if (found !== null) return found;
    // The editor closes one bracket or quote at a time.
    const closed = autoClosed(place.around.suffix).slice(0, 1);
    return closed === '' ? null : findBefore(place, 1, closed);
  }

  return { find, remember: (place, answer) => void offered.set(keyOf(place, 0, 0), answer) };
}

/** The key of the place `typed` units before this one, without what was closed behind it. */
function keyOf(place: CachePlace, typed: number, closed: number): string {
  const { modelKey, languageId, contextVersion, around } = place;
  const end = around.prefix.length - typed;
  const tail = around.prefix.slice(Math.max(0, end - PREFIX_TAIL), end);
  const head = around.suffix.slice(closed, closed + SUFFIX_HEAD);
  return [modelKey, languageId, contextVersion, head, tail].join('\0');
}
