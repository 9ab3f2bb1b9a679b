/** Text on its way from the engine to whoever asked for it. */
import type { GenerationResult } from '#protocol';
import type { EngineError } from './errors';

/**
 * The text in pieces, as it is decoded. Iterating ends early, without an error, once the request is aborted; to stop
 * iterating aborts the request. It throws EngineError when the engine died or failed.
 */
export interface Generation extends AsyncIterable<string> {
  /** Settles when the engine has stopped working on it; rejects with EngineError if the engine died or failed. */
  readonly done: Promise<GenerationResult>;
}

export interface GenerationSource {
  readonly generation: Generation;
  push(text: string): void;
  finish(result: GenerationResult): void;
  fail(error: EngineError): void;
  /** No more text is wanted. */
  close(): void;
}

/** @param onReturn called when the reader stops before the end. */
export function createGeneration(onReturn: () => void): GenerationSource {
  const pieces: string[] = [];
  let closed = false;
  let error: EngineError | null = null;
  let wake = () => {};
  const { promise: done, resolve, reject } = deferred<GenerationResult>();
  // who only iterates hears of the error there
  done.catch(() => {});

  async function* read(): AsyncGenerator<string> {
    try {
      while (true) {
        const piece = pieces.shift();
        if (piece !== undefined) yield piece;
        else if (error !== null) throw error;
        else if (closed) return;
        else
          await new Promise<void>((continueReading) => {
            wake = continueReading;
          });
      }
    } finally {
      if (!closed) onReturn();
    }
  }

  const close = () => {
    closed = true;
    wake();
  };

  return {
    generation: { done, [Symbol.asyncIterator]: read },
    close,
    push(text) {
      if (closed) return;
      pieces.push(text);
      wake();
    },
    finish(result) {
      resolve(result);
      close();
    },
    fail(reason) {
      if (!closed) error = reason;
      reject(reason);
      close();
    },
  };
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
