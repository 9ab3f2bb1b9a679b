/** Places that were of interest since the context last changed: few, for a client may tell of any number. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type ContextOrigin, cutChunk, type Piece } from '../completion';

export interface Place {
  readonly uri: string;
  readonly line: number;
  readonly origin: ContextOrigin;
  /** The document was closed, and this is what stood there; null: nothing for a prompt. */
  readonly closed?: Piece | null;
}

export interface Places {
  note(place: Place): void;
  /** Takes what is of interest out of a document that has just been closed. */
  close(document: TextDocument): void;
  /** The oldest first. They are forgotten here. */
  take(): readonly Place[];
  isEmpty(): boolean;
}

const MAX_PLACES = 32;
/** Lines that are one place. */
const PLACE_LINES = 32;

export function createPlaces(): Places {
  let places = new Map<string, Place>();

  return {
    note(place) {
      const key = `${Math.floor(place.line / PLACE_LINES)} ${place.uri}`;
      places.delete(key);
      places.set(key, place);
      const [oldest] = places.keys();
      if (places.size > MAX_PLACES && oldest !== undefined) places.delete(oldest);
    },
    close(document) {
      for (const [key, place] of places) {
        const isHere = place.uri === document.uri && place.closed === undefined;
        if (isHere) places.set(key, { ...place, closed: cutChunk(document, place.line) });
      }
    },
    take() {
      const taken = [...places.values()];
      places = new Map();
      return taken;
    },
    isEmpty: () => places.size === 0,
  };
}
