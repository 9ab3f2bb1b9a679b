/**
 * Guards a connection against messages that would fill the host's memory: the reader behind it buffers a whole
 * message before anybody can look at it. Passes bytes on as they are; fails, in words, at a header that announces too
 * much, or that two readers could understand differently.
 */
import { Transform, type TransformCallback } from 'node:stream';

export interface MessageBounds {
  /** Bytes that the body of one message may have. */
  readonly mostBytes: number;
  /** How fast they may come. Its methods throw, in words, when that was too fast. */
  readonly pace?: {
    bytes(count: number): void;
    message(): void;
  };
}

const mostHeaderBytes = 1024;
const endOfHeader = Buffer.from('\r\n\r\n');
/**
 * Exactly one length, and the type that the protocol allows beside it, in plain ASCII. vscode-jsonrpc would take the last
 * of several lengths, and every byte for ASCII by its lower seven bits.
 */
const header = /^(?:content-type:[ -~]*\r\n)?content-length: *(\d+) *\r\n(?:content-type:[ -~]*\r\n)?\r\n$/i;

export class MessageLimit extends Transform {
  readonly #bounds: MessageBounds;
  #header = Buffer.alloc(0);
  #bodyBytesLeft = 0;

  constructor(bounds: MessageBounds) {
    super();
    this.#bounds = bounds;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#bounds.pace?.bytes(chunk.length);
      for (let rest = chunk; rest.length > 0; ) {
        rest = this.#bodyBytesLeft > 0 ? this.#passBody(rest) : this.#passHeader(rest);
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  /** Answers with the bytes after the body. */
  #passBody(bytes: Buffer): Buffer {
    const body = bytes.subarray(0, this.#bodyBytesLeft);
    this.#bodyBytesLeft -= body.length;
    this.push(body);
    return bytes.subarray(body.length);
  }

  /** Answers with the bytes after the header; none while it is incomplete. */
  #passHeader(bytes: Buffer): Buffer {
    const before = this.#header.length;
    this.#header = Buffer.concat([this.#header, bytes.subarray(0, mostHeaderBytes + 1 - before)]);
    const found = this.#header.indexOf(endOfHeader);
    const end = found < 0 ? this.#header.length : found + endOfHeader.length;
    if (end > mostHeaderBytes) throw new Error('a header without end');
    if (found < 0) return Buffer.alloc(0);

    const whole = this.#header.subarray(0, end);
    this.#header = Buffer.alloc(0);
    this.#bodyBytesLeft = this.#bodyLength(whole.toString('latin1'));
    this.#bounds.pace?.message();
    this.push(whole);
    return bytes.subarray(end - before);
  }

  #bodyLength(text: string): number {
    const { mostBytes } = this.#bounds;
    const digits = header.exec(text)?.[1];
    if (digits === undefined) throw new Error('a header that is not one Content-Length');
    if (Number(digits) > mostBytes)
      throw new Error(`a message of ${digits.slice(0, 20)} bytes, where at most ${mostBytes} are allowed`);
    return Number(digits);
  }
}
