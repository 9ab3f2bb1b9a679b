/**
 * Writes traces: how somebody might type a short program, with a rhythm, slips of the finger, and pauses to think. The same
 * seed writes the same trace.
 */
import { random } from '../../unit/completion/random';
import { type Document, press } from './editor';
import type { Trace } from './trace';

export interface Program {
  readonly name: string;
  readonly seed: number;
  readonly language_id: string;
  readonly uri: string;
  readonly before: string;
  readonly after: string;
  /** What is typed between them; its lines end in `\n`, whatever those of the document end in. */
  readonly typed: string;
  /** ms between two keys of this typist, most often. */
  readonly rhythm: number;
}

/** Of how much a pause differs from the rhythm: the deviation of its logarithm. */
const SPREAD = 0.45;
const SLIPS = 0.03;
const MOVES = 0.12;
const SAVES = 0.25;
const LOOKS = 0.12;
const THINKS = 0.06;
const TRIGGERS = 0.02;
const LETTERS = 'etaoinshrdlu';

export function writeTrace(program: Program): Trace {
  const { name, language_id, uri, before, after, typed, rhythm } = program;
  const next = random(program.seed);
  const events: [number, string][] = [];
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const target = typed.replaceAll('\n', eol);
  let document: Document = { text: before + after, cursor: before.length, closers: [] };
  let now = 0;

  /** Log-normal: now and then a pause is much longer than most. */
  const pause = (ms: number) => Math.round(ms * Math.exp(SPREAD * normal(next)));
  const hit = (key: string, ms = rhythm) => {
    now += Math.max(20, pause(ms));
    events.push([now, key]);
    if (!['Tab', 'Trigger', 'Save'].includes(key)) document = press(document, key, language_id).document;
  };
  const written = () => document.text.slice(before.length, document.cursor);
  const behind = () => document.text.slice(document.cursor);

  function slip(): void {
    const count = 1 + Math.floor(next() * 4);
    for (let at = 0; at < count; at++) hit(LETTERS[Math.floor(next() * LETTERS.length)] ?? 'e');
    hit('Backspace', rhythm * 3);
    for (let at = 1; at < count; at++) hit('Backspace', rhythm * 0.6);
  }

  function lookAround(): void {
    if (next() < 0.5) {
      for (const key of ['Up', 'Up', 'Down', 'Down', 'End']) hit(key, rhythm * 1.2);
      return;
    }
    const count = 1 + Math.floor(next() * 3);
    for (let at = 0; at < count; at++) hit('Left', rhythm * 0.8);
    for (let at = 0; at < count; at++) hit('Right', rhythm * 0.8);
  }

  function think(): void {
    hit(next() < 0.15 ? 'Trigger' : 'Tab', 1100);
    now += pause(300);
  }

  /** To the first character of the next line that is not blank. */
  function newLine(): void {
    const closing = /^\r?\n[ \t]*[)\]}][^\r\n]*/.exec(behind())?.[0];
    if (
      closing !== undefined &&
      document.closers.length > 0 &&
      target.startsWith(closing, written().length)
    ) {
      hit('Down', rhythm * 2);
      hit('End');
      return;
    }
    const rest = target.slice(written().length);
    const blank = /^(?:\r?\n[ \t]*)+/.exec(rest)?.[0] ?? '';
    const goal = target.slice(0, written().length + blank.length);
    for (let lines = blank.split('\n').length - 1; lines > 0; lines--) hit('Enter', rhythm * 2.5);
    while (written() !== goal) hit(goal.startsWith(written()) ? nextOf(goal, written()) : 'Backspace');
  }

  while (written().length < target.length) {
    const atLineEnd = /^\r?\n/.test(behind()) || behind() === '';
    const key = nextOf(target, written());
    if (key === '\r' || key === '\n') {
      if (next() < SAVES) hit('Save', rhythm * 4);
      if (next() < MOVES && atLineEnd) lookAround();
      newLine();
      if (next() < LOOKS) think();
      continue;
    }
    const isLetter = /[a-z]/i.test(key);
    if (isLetter && next() < SLIPS) slip();
    else if (/[\s(.=]$/.test(written()) && next() < THINKS) think();
    else if (next() < TRIGGERS / 4) hit('Trigger', 700);
    hit(key, isLetter ? rhythm : rhythm * 1.5);
    if (target.slice(0, written().length) !== written())
      throw new Error(`${name} cannot be typed: ${written()}`);
  }
  if (behind() !== after) throw new Error(`${name} leaves ${behind()}`);
  return { name, language_id, uri, before, after, events };
}

/** The whole character that comes next. */
function nextOf(target: string, written: string): string {
  return String.fromCodePoint(target.codePointAt(written.length) ?? 0);
}

/** Box and Muller. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
