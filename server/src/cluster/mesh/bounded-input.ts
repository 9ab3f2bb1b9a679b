/** What a peer may send on a connection: so much in one message, so much and so many in a second. */
import { Transform, type TransformCallback } from 'node:stream';

export const inputLimits = {
  /** bytes of one message with its header */
  message: 4 * 2 ** 20,
  /** bytes a second, in the long run and at once */
  rate: 8 * 2 ** 20,
  burst: 32 * 2 ** 20,
  /** the same for messages: each may want an answer */
  messageRate: 500,
  messageBurst: 2000,
};

const headerEnd = Buffer.from('\r\n\r\n');
const longestHeader = 1024;

/** Passes through what is within the limits and ends with an error, in words, at what is not. */
export class BoundedInput extends Transform {
  #header = Buffer.alloc(0);
  /** Bytes of the message's body that are still to come. */
  #body = 0;
  #allowance = inputLimits.burst;
  #messages = inputLimits.messageBurst;
  #filledAt: number;
  readonly #now: () => number;

  /** @param now ms of a clock that never goes back */
  constructor(now: () => number) {
    super();
    this.#now = now;
    this.#filledAt = now();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const now = this.#now();
    const { rate, burst, messageRate, messageBurst } = inputLimits;
    const seconds = (now - this.#filledAt) / 1000;
    this.#allowance = Math.min(burst, this.#allowance + seconds * rate) - chunk.length;
    this.#messages = Math.min(messageBurst, this.#messages + seconds * messageRate);
    this.#filledAt = now;
    const problem = this.#allowance < 0 ? 'it sent too much' : this.#follow(chunk);
    if (problem === null) done(null, chunk);
    else done(new Error(problem));
  }

  /** Walks over headers and bodies; answers with what is wrong. */
  #follow(chunk: Buffer): string | null {
    let at = 0;
    while (at < chunk.length) {
      const skipped = Math.min(this.#body, chunk.length - at);
      this.#body -= skipped;
      at += skipped;
      if (at === chunk.length) return null;
      const before = this.#header.length;
      this.#header = Buffer.concat([this.#header, chunk.subarray(at, at + longestHeader)]);
      const end = this.#header.indexOf(headerEnd);
      if (end < 0) {
        if (this.#header.length >= longestHeader) return 'a header without end';
        return null;
      }
      const length = Number(/content-length: *(\d+)/i.exec(this.#header.toString('latin1', 0, end))?.[1]);
      if (!(length <= inputLimits.message)) return `a message of ${length} bytes`;
      at += end + headerEnd.length - before;
      this.#header = Buffer.alloc(0);
      this.#body = length;
      this.#messages -= 1;
      if (this.#messages < 0) return 'it sent too many messages';
    }
    return null;
  }
}
