/** What was asked for cannot be had; the words are for whoever asked. */
import type { GenerateFailure } from '#protocol';

export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly reason: Exclude<GenerateFailure, 'engine'>;

  constructor(message: string, reason: RequestError['reason'] = 'request') {
    super(message);
    this.reason = reason;
  }
}
