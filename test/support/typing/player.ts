/**
 * Plays a trace in a window of a real host, as VS Code would send it: each change, a request after it, which the next key
 * cancels, saving, and accepting. What is accepted and is what the typist was about to type is not typed again; anything
 * else is undone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { acceptedCommand } from '#protocol';
import type { LspClient } from '../lsp';
import { applyChange, type Change, type Document, positionAt, press } from './editor';
import { createScreen, type Offer, readOffers } from './screen';
import type { Trace } from './trace';

export interface Played {
  /** Keys that changed the document. */
  readonly keys: number;
  /** Every item of every answer that came in time. */
  readonly offers: readonly Offer[];
  /** ms that answers in time have taken: with what is on the screen, with something else, with nothing. */
  readonly ms: { readonly same: number[]; readonly new: number[]; readonly nothing: number[] };
  /** What changed on the screen while what was typed was what it said. */
  readonly flicker: readonly string[];
  readonly accepted: { readonly fitting: number; readonly undone: number };
  /** The document at the end. */
  readonly text: string;
}

export interface PlayOptions {
  /** How many times as quick as it was typed. */
  readonly speed: number;
}

type Trigger = 'automatic' | 'invoked';

/** ms after which what does not fit is undone. */
const REGRET = 500;
const triggerKinds = { invoked: 1, automatic: 2 } as const;

export async function play(lsp: LspClient, trace: Trace, { speed }: PlayOptions): Promise<Played> {
  const { uri, language_id, events } = trace;
  const screen = createScreen();
  const offers: Offer[] = [];
  const flicker: string[] = [];
  const ms = { same: [] as number[], new: [] as number[], nothing: [] as number[] };
  const accepted = { fitting: 0, undone: 0 };
  const answers: Promise<void>[] = [];
  let document: Document = {
    text: trace.before + trace.after,
    cursor: trace.before.length,
    closers: [],
  };
  let version = 1;
  let keys = 0;
  let lastId = 0;
  let asking = new AbortController();

  async function ask(trigger: Trigger): Promise<void> {
    const { signal } = asking;
    const asked = document;
    const begin = performance.now();
    const params = {
      textDocument: { uri },
      position: positionAt(asked.text, asked.cursor),
      context: { triggerKind: triggerKinds[trigger] },
    };
    const answer = await lsp.send('textDocument/inlineCompletion', params, signal);
    if (signal.aborted) return;
    const found = readOffers(answer, asked);
    const [first] = found;
    const kind = first === undefined ? 'nothing' : first.id === lastId ? 'same' : 'new';
    if (trigger === 'automatic') ms[kind].push(performance.now() - begin);
    lastId = first?.id ?? lastId;
    offers.push(...found);
    if (trigger === 'invoked') screen.hide();
    const wrong = screen.show(asked, found);
    if (wrong !== null) flicker.push(`${trace.name}: ${wrong}`);
  }

  function askAnew(trigger: Trigger): void {
    asking.abort();
    asking = new AbortController();
    answers.push(ask(trigger));
  }

  function change({ start, end, text }: Change): void {
    version += 1;
    void lsp.notify('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [
        { range: { start: positionAt(document.text, start), end: positionAt(document.text, end) }, text },
      ],
    });
  }

  /** Returns the event after which it goes on. */
  async function accept(index: number): Promise<number> {
    const taken = screen.accept(document);
    if (taken === null) return index;
    const before = document;
    change(taken.change);
    document = applyChange(before, taken.change);
    screen.hide();
    asking.abort();
    const { id: argument } = taken;
    await lsp.send('workspace/executeCommand', { command: acceptedCommand, arguments: [argument] });
    const reached = goesOnAt(trace, before, document, index + 1);
    if (reached !== null) {
      accepted.fitting += 1;
      document = reached.document;
      askAnew('automatic');
      return reached.index;
    }
    accepted.undone += 1;
    await delay(REGRET / speed);
    change(inverse(before, taken.change));
    document = before;
    return index;
  }

  function hit(key: string): void {
    const pressed = press(document, key, language_id);
    if (pressed.change === null) {
      document = pressed.document;
      asking.abort();
      screen.hide();
      return;
    }
    change(pressed.change);
    document = pressed.document;
    keys += 1;
    // While something is deleted nothing is offered, so nothing stays.
    if (key === 'Backspace') screen.hide();
    else screen.typed(document);
    askAnew('automatic');
  }

  await lsp.open(uri, document.text, language_id);
  let time = 0;
  for (let index = 0; index < events.length; index++) {
    const [at, key] = events[index] ?? [0, ''];
    await delay((at - time) / speed);
    time = at;
    if (key === 'Tab') index = await accept(index);
    else if (key === 'Trigger') askAnew('invoked');
    else if (key === 'Save') void lsp.notify('textDocument/didSave', { textDocument: { uri } });
    else hit(key);
    time = events[index]?.[0] ?? time;
  }
  await Promise.all(answers);
  return { keys, offers, ms, flicker, accepted, text: document.text };
}

/** The event of the trace after which the document is what was accepted; null: the typist wants something else. */
function goesOnAt(
  { events, language_id }: Trace,
  before: Document,
  wanted: Document,
  from: number,
): { readonly index: number; readonly document: Document } | null {
  let document = before;
  for (let index = from; index < events.length; index++) {
    const key = events[index]?.[1] ?? '';
    if (['Tab', 'Trigger', 'Save'].includes(key)) continue;
    ({ document } = press(document, key, language_id));
    if (document.text === wanted.text && document.cursor === wanted.cursor) return { index, document };
  }
  return null;
}

function inverse({ text }: Document, { start, end, text: written }: Change): Change {
  return { start, end: start + written.length, text: text.slice(start, end) };
}
