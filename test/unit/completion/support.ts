/** Stand-ins for what completion is handed: a model that writes a given text, a clock that the test turns. */
import type { FimTokens } from '#protocol';
import {
  type Clock,
  type Completer,
  type CompletionModel,
  type CompletionRequest,
  createCompleter,
  createMeasures,
  type GenerateRequest,
  type Measures,
  type PromptContext,
  type Suggestion,
  type Syntax,
} from '../../../server/src/completion';
import { look, type Surroundings } from '../../../server/src/completion/surroundings';

export const QWEN: FimTokens = {
  prefix: '<|fim_prefix|>',
  suffix: '<|fim_suffix|>',
  middle: '<|fim_middle|>',
  repository: null,
  file: null,
};

/** Nothing is known of the workspace. */
export const noContext: PromptContext = { version: 0, repository: null, path: 'a.ts', chunks: [] };

export interface ScriptedModel extends CompletionModel {
  readonly requests: readonly GenerateRequest[];
  /** Pieces that were asked for, of all requests together. */
  readonly served: number;
}

/** Writes `pieces` at every request, until it is aborted. */
export function scripted(pieces: readonly string[], changes: Partial<CompletionModel> = {}): ScriptedModel {
  const requests: GenerateRequest[] = [];
  let served = 0;
  return {
    key: 'scripted',
    name: 'scripted',
    fim: QWEN,
    contextSize: 4096,
    batchSize: 512,
    requests,
    get served() {
      return served;
    },
    async *generate(request) {
      requests.push(request);
      for (const piece of pieces) {
        if (request.signal.aborted) return;
        served += 1;
        yield piece;
      }
    },
    ...changes,
  };
}

/** Cuts a text into pieces of `size` UTF-16 units, as an engine might. */
export function inPieces(text: string, size: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
  return pieces;
}

export interface DictatedModel extends CompletionModel {
  readonly requests: readonly GenerateRequest[];
  /** Writes this, for whoever reads now. */
  say(text: string): void;
  /** The model ends by itself. */
  end(): void;
  fail(reason: string): void;
}

/** Writes what the test says, when it says it, in the last request. */
export function dictated(changes: Partial<CompletionModel> = {}): DictatedModel {
  const requests: GenerateRequest[] = [];
  let hear: (said: { text: string } | { error: Error } | null) => void = () => {};
  const said: ({ text: string } | { error: Error } | null)[] = [];
  const speak = (each: { text: string } | { error: Error } | null) => {
    said.push(each);
    hear(each);
  };
  return {
    ...scripted([]),
    requests,
    async *generate(request) {
      requests.push(request);
      said.length = 0;
      for (;;) {
        if (said.length === 0) await new Promise((resolve) => (hear = resolve));
        const next = said.shift();
        if (next === null || next === undefined) return;
        if ('error' in next) throw next.error;
        yield next.text;
      }
    },
    say: (text) => speak({ text }),
    end: () => speak(null),
    fail: (reason) => speak({ error: new Error(reason) }),
    ...changes,
  };
}

/** No language has a grammar. */
export const noSyntax: Syntax = { grammar: () => Promise.resolve(null) };

export interface TurnedClock extends Clock {
  /** ms of every delay that was asked for. */
  readonly asked: readonly number[];
  /** Moves the time on; what is due then is over. */
  pass(ms: number): Promise<void>;
}

/** Time stands still until the test moves it. */
export function turnedClock(): TurnedClock {
  const asked: number[] = [];
  let now = 0;
  let waiting: { readonly due: number; readonly resolve: () => void }[] = [];
  return {
    asked,
    now: () => now,
    delay(ms, signal) {
      asked.push(ms);
      return new Promise((resolve) => {
        if (signal.aborted) return resolve();
        waiting.push({ due: now + ms, resolve });
        signal.addEventListener('abort', () => resolve());
      });
    },
    async pass(ms) {
      await settled();
      now += ms;
      const due = waiting.filter((each) => each.due <= now);
      waiting = waiting.filter((each) => each.due > now);
      for (const { resolve } of due) resolve();
      await settled();
    },
  };
}

/** Everything that follows from what has happened has happened. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

export interface TestCompleter extends Completer {
  readonly clock: TurnedClock;
  readonly measures: Measures;
}

/** @param syntax none by default: then indentation tells. */
export function newCompleter(syntax: Syntax = noSyntax): TestCompleter {
  const clock = turnedClock();
  const measures = createMeasures();
  return { clock, measures, ...createCompleter({ clock, syntax, measures }) };
}

/** A request at the `|` of `marked`. */
export function at(marked: string, changes: Partial<CompletionRequest> = {}): CompletionRequest {
  const offset = marked.indexOf('|');
  return {
    uri: 'file:///a.ts',
    languageId: 'typescript',
    text: marked.slice(0, offset) + marked.slice(offset + 1),
    offset,
    explicit: false,
    debounce: 0,
    context: noContext,
    maxTokens: 128,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** The surroundings of the `|` of `marked`. */
export function around(marked: string): Surroundings {
  const seen = look(at(marked), { before: 4096, after: 1024 });
  if (typeof seen === 'string') throw new Error(seen);
  return seen;
}

export function apply(text: string, { insertText, start, end }: Suggestion): string {
  return text.slice(0, start) + insertText + text.slice(end);
}
