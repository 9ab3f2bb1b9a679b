/**
 * A generation under way. It belongs to its place, not to who asked first: whoever types what it says may wait for it,
 * too. It ends when nobody has waited for a while, or when the document no longer fits.
 */
import type { GenerationStats } from '#protocol';
import { type Typed, typedSince } from '../anchor';
import { autoClosed, comesBack } from '../auto-closed';
import type { Filtered } from '../filters';
import type { Clock, CompletionModel } from '../index';
import type { Job, JobRequest } from '../job';
import { untilAborted } from '../until-aborted';

/** ms that the rest of a block may take once its first line is ready: then the lines that are ready are offered. */
const REST_LIMIT = 250;
/** ms without anybody who waits: an editor cancels at each key and asks again at once. */
const GRACE = 250;

export type Landing =
  | { readonly kind: 'answer'; readonly answer: Filtered }
  /** What it says is not what was typed. */
  | { readonly kind: 'diverged' }
  | { readonly kind: 'ended'; readonly reason: string };

export interface FlightParts {
  readonly request: JobRequest;
  readonly job: Job;
  readonly model: CompletionModel;
  readonly clock: Clock;
  /** ms from its beginning, once: when its first line is ready. */
  onTimes(ms: { readonly firstToken: number; readonly line: number }): void;
  /** All is written, also when nobody waits any more. */
  onLanded(whole: Filtered): void;
  /** @param seen somebody was offered some of it. */
  onCost(stats: GenerationStats, seen: boolean): void;
}

type Asked = Pick<JobRequest, 'text' | 'offset' | 'selected'>;

export interface Flight {
  /** What was typed since it began; null: it has ended, was begun at another place, or says something else. */
  fits(asked: Asked): Typed | null;
  /** Whether the edited document, wherever its cursor is, may still get what it says. */
  survives(text: string): boolean;
  /** @param patient waits for the whole block. */
  wait(typed: Typed, patient: boolean, signal: AbortSignal): Promise<Landing>;
  end(reason: string): void;
  /** Fulfilled when nothing is written any more. */
  readonly over: Promise<void>;
}

export function takeOff(parts: FlightParts): Flight {
  const { request, job, model, clock } = parts;
  const controller = new AbortController();
  const collector = job.collect();
  const begin = clock.now();
  /** What the suggestion list had selected counts as typed by the model. */
  const lead = request.selected?.text ?? '';
  const behind = request.text.length - request.offset;
  let firstToken: number | null = null;
  let landed: Filtered | null = null;
  let stopped: Landing | null = null;
  let late = false;
  let seen = false;
  let waiting = 0;
  let news = announce();
  /** When it has ended it is known whether anybody was shown some of it. */
  const written = announce();

  const tell = () => {
    const { wake } = news;
    news = announce();
    wake();
  };

  async function write(): Promise<void> {
    const { signal } = controller;
    let lineReady = false;
    const noteLine = () => {
      if (lineReady) return;
      lineReady = true;
      const now = clock.now() - begin;
      parts.onTimes({ firstToken: firstToken ?? now, line: now });
      void clock.delay(REST_LIMIT, signal).then(() => {
        late = true;
        tell();
      });
    };
    try {
      const asked = job.ask({
        signal,
        onCost: (stats) => void written.heard.then(() => parts.onCost(stats, seen)),
      });
      for await (const piece of untilAborted(model.generate(asked), signal)) {
        firstToken ??= clock.now() - begin;
        if (!collector.take(piece)) break;
        if (collector.finalText() !== null) noteLine();
        tell();
      }
      if (stopped !== null) return;
      landed = job.filter(collector.text());
      seen ||= waiting > 0 && landed.dropped === null;
      noteLine();
      parts.onLanded(landed);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      stopped ??= { kind: 'ended', reason: `the engine failed: ${words}` };
    } finally {
      controller.abort();
      tell();
      written.wake();
    }
  }

  /** So far, neither says anything that the other does not. */
  function agrees(typed: string): boolean {
    if (typed === '') return true;
    const written = lead + collector.text();
    return written.startsWith(typed) || typed.startsWith(written);
  }

  /** What there is for one who has typed this; null: it is too early to tell. */
  function landing(typed: Typed, patient: boolean): Landing | null {
    if (landed !== null) return rest(landed, typed);
    if (stopped !== null) return stopped;
    if (!agrees(typed.text)) return { kind: 'diverged' };
    const ready = late && !patient ? collector.finalText() : null;
    const early = ready === null ? null : rest(job.filter(ready), typed);
    return early?.kind === 'answer' && early.answer.dropped === null ? early : null;
  }

  function rest(filtered: Filtered, typed: Typed): Landing {
    if (filtered.dropped !== null) return { kind: 'answer', answer: filtered };
    const whole = lead + filtered.text;
    const text = whole.slice(typed.text.length);
    const replaced = typed.closed + request.text.slice(request.offset, request.offset + filtered.replaced);
    const goesOn = whole.startsWith(typed.text) && text.trim() !== '' && comesBack(replaced, text);
    if (!goesOn) return { kind: 'diverged' };
    return { kind: 'answer', answer: { ...filtered, text, replaced: replaced.length } };
  }

  async function wait(typed: Typed, patient: boolean, signal: AbortSignal): Promise<Landing> {
    waiting += 1;
    const cancelled = new Promise<void>((fulfil) => {
      signal.addEventListener('abort', () => fulfil(), { once: true });
    });
    try {
      for (;;) {
        if (signal.aborted) return { kind: 'ended', reason: String(signal.reason) };
        const found = landing(typed, patient);
        if (found !== null) {
          seen ||= found.kind === 'answer' && found.answer.dropped === null;
          return found;
        }
        await Promise.race([news.heard, cancelled]);
      }
    } finally {
      waiting -= 1;
      // What was begun to be shown is written to its end.
      if (waiting === 0 && !seen) void endUnlessWaited();
    }
  }

  async function endUnlessWaited(): Promise<void> {
    await clock.delay(GRACE, controller.signal);
    if (waiting === 0) end('cancelled');
  }

  function end(reason: string): void {
    if (landed !== null) return;
    stopped ??= { kind: 'ended', reason };
    controller.abort();
    tell();
  }

  function fits({ text, offset, selected }: Asked): Typed | null {
    const typed = landed === null && stopped === null ? typedSince(job.anchor, text, offset) : null;
    if (typed === null) return null;
    const kept = typed.text.length - (selected === undefined ? 0 : offset - selected.start);
    if (kept < 0) return null;
    const effective = unix(typed.text.slice(0, kept) + (selected?.text ?? ''));
    return agrees(effective) ? { text: effective, closed: typed.closed } : null;
  }

  function survives(text: string): boolean {
    const typed = typedSince(job.anchor, text, text.length - behind);
    if (typed === null) return false;
    const all = unix(typed.text);
    return agrees(all) || agrees(withoutClosed(all));
  }

  return { fits, survives, wait, end, over: write() };
}

/** Where the cursor is in an edited document is not known: what ends it may have been closed by the editor. */
function withoutClosed(typed: string): string {
  let end = typed.length;
  while (end > 0 && autoClosed(typed.slice(end - 1)) !== '') end -= 1;
  return typed.slice(0, end);
}

function unix(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function announce(): { readonly heard: Promise<void>; wake(): void } {
  let wake = () => {};
  const heard = new Promise<void>((fulfil) => {
    wake = fulfil;
  });
  return { heard, wake };
}
