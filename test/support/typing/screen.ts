/** What an editor shows of the answers that it gets: one suggestion, which stays while it is typed along. */
import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import * as z from 'zod';
import type { Change, Document } from './editor';

const position = z.object({ line: z.number(), character: z.number() });
const itemSchema = z.object({
  insertText: z.string(),
  range: z.object({ start: position, end: position }),
  command: z.object({ command: z.string(), arguments: z.tuple([z.number()]) }),
});
const answerSchema = z.object({ items: z.array(itemSchema) });

/** An item of an answer, in UTF-16 units of the document that it was made for. */
export interface Offer extends Change {
  readonly id: number;
  readonly document: Document;
}

export interface Screen {
  /** An answer to an automatic request is there; says what of it should not be, or null. */
  show(document: Document, offers: readonly Offer[]): string | null;
  /** The suggestion goes unless what was typed is what it says. */
  typed(document: Document): void;
  hide(): void;
  /** What accepting changes; null: nothing is shown. */
  accept(document: Document): { readonly id: number; readonly change: Change } | null;
}

interface Shown {
  readonly offer: Offer;
  /** The document with all of it. */
  readonly whole: string;
  /** UTF-16 units of that behind the suggestion. */
  readonly rest: number;
}

/** @param document what was asked for; it may have changed since. */
export function readOffers(answer: unknown, document: Document): Offer[] {
  const { text } = document;
  const lines = TextDocument.create('', '', 0, text);
  return answerSchema.parse(answer).items.map(({ insertText, range, command }) => {
    const [start, end] = [lines.offsetAt(range.start), lines.offsetAt(range.end)];
    assert.deepEqual(
      { start: lines.positionAt(start), end: lines.positionAt(end) },
      range,
      'a range of the document',
    );
    return { id: command.arguments[0], text: insertText, start, end, document };
  });
}

export function createScreen(): Screen {
  let shown: Shown | null = null;

  return {
    show(document, [offer]) {
      const before = shown;
      shown = offer === undefined ? null : show(document, offer);
      if (before === null) return null;
      if (shown === null) return `${JSON.stringify(before.offer.text)} has vanished`;
      if (shown.whole === before.whole || isKept(before.offer, shown.offer)) return null;
      return `${JSON.stringify(before.offer.text)} has become ${JSON.stringify(shown.offer.text)}`;
    },
    typed(document) {
      if (shown !== null && !isTypedAlong(document, shown)) shown = null;
    },
    hide() {
      shown = null;
    },
    accept({ text }) {
      if (shown === null) return null;
      const { offer, rest } = shown;
      return { id: offer.id, change: { start: offer.start, end: text.length - rest, text: offer.text } };
    },
  };
}

function show({ text }: Document, offer: Offer): Shown {
  const behind = text.slice(offer.end);
  return { offer, whole: text.slice(0, offer.start) + offer.text + behind, rest: behind.length };
}

/** The same item, which replaces nothing; the editor may have closed a bracket behind it. */
function isKept(before: Offer, { id, start, end, text, document }: Offer): boolean {
  const same = before.id === id && before.start === start && before.text === text;
  return same && before.end === before.document.cursor && end === document.cursor;
}

/** Whether some of it is typed, more is to come, and the rest of the document is as it was. */
function isTypedAlong({ text, cursor }: Document, { offer, whole, rest }: Shown): boolean {
  const typed = text.slice(offer.start, cursor);
  const replaced = text.slice(cursor, text.length - rest);
  return (
    cursor >= offer.document.cursor &&
    text.startsWith(whole.slice(0, offer.start)) &&
    text.length - rest >= cursor &&
    text.endsWith(whole.slice(whole.length - rest)) &&
    offer.text.startsWith(typed) &&
    offer.text.length > typed.length &&
    /^[)\]}>"'`;, ]*$/.test(replaced)
  );
}
