/**
 * What was offered, by place. A place is known by the text just around the cursor; a place a few characters further
 * on is known too, when these are what was offered: the rest of it is the answer.
 */
import { LRUCache } from 'lru-cache';
import type { Surroundings } from './surroundings';

/** About a thousand places. */
const MAX_BYTES = 1024 * 1024;
/** UTF-16 units around the cursor that make a place. */
const PREFIX_TAIL = 256;
const SUFFIX_HEAD = 128;
/** UTF-16 units that may have been typed of a suggestion. */
const MAX_TYPED = 256;

export interface Place {
  readonly modelKey: string;
  readonly languageId: string;
  readonly around: Pick<Surroundings, 'prefix' | 'suffix'>;
}

export interface Cache {
  /** What was offered here, or the rest of what was offered before it was typed; '' for "nothing"; null: unknown. */
  find(place: Place): string | null;
  remember(place: Place, text: string): void;
}

export function createCache(maxBytes = MAX_BYTES): Cache {
  const offered = new LRUCache<string, string>({
    maxSize: maxBytes,
    sizeCalculation: (text, key) => 2 * (key.length + text.length),
  });

  function find(place: Place): string | null {
    const { prefix } = place.around;
    const furthest = Math.min(MAX_TYPED, prefix.length);
    for (let typed = 0; typed <= furthest; typed++) {
      const text = offered.get(keyOf(place, typed));
      if (text === undefined) continue;
      if (typed === 0) return text;
      const rest = text.slice(typed);
      if (rest.trim() !== '' && text.startsWith(prefix.slice(-typed))) return rest;
    }
    return null;
  }

  return { find, remember: (place, text) => void offered.set(keyOf(place, 0), text) };
}

/** The key of the place `typed` units before this one. */
function keyOf({ modelKey, languageId, around }: Place, typed: number): string {
  const end = around.prefix.length - typed;
  const tail = around.prefix.slice(Math.max(0, end - PREFIX_TAIL), end);
  return [modelKey, languageId, around.suffix.slice(0, SUFFIX_HEAD), tail].join('\0');
}
