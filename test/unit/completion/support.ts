/** Stand-ins for what completion is handed: a model that writes a given text, a clock that the test turns. */
import type { FimTokens } from '#protocol';
import type {
  Clock,
  CompletionModel,
  CompletionRequest,
  GenerateRequest,
  Suggestion,
  Syntax,
} from '../../../server/src/completion';
import { look, type Surroundings } from '../../../server/src/completion/surroundings';

export const QWEN: FimTokens = {
  prefix: '<|fim_prefix|>',
  suffix: '<|fim_suffix|>',
  middle: '<|fim_middle|>',
};

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

/** Every delay is over at once. */
export const noWait: Clock = { delay: () => Promise.resolve() };

/** No language has a grammar. */
export const noSyntax: Syntax = { grammar: () => Promise.resolve(null) };

export interface TurnedClock extends Clock {
  /** ms of every delay that was asked for. */
  readonly asked: readonly number[];
  /** Ends the delays that run now. */
  ring(): void;
}

export function turnedClock(): TurnedClock {
  const asked: number[] = [];
  let waiting: (() => void)[] = [];
  return {
    asked,
    delay(ms, signal) {
      asked.push(ms);
      return new Promise((resolve) => {
        waiting.push(resolve);
        signal.addEventListener('abort', () => resolve());
      });
    },
    ring() {
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  };
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
    debounceMs: 75,
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
