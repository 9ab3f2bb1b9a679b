/** The two ways in which an engine disappoints. Both messages are for the user. */
import type { GenerateFailure, LoadFailure } from '#protocol';

/** The model is not in memory. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly reason: LoadFailure;

  constructor(reason: LoadFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A generation was lost: its engine died, was stopped, or could not do it. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** Whose fault it was. */
  readonly reason: GenerateFailure;

  constructor(message: string, reason: GenerateFailure = 'engine') {
    super(message);
    this.reason = reason;
  }
}
