/**
 * Guards a connection against messages that would fill the host's memory: the reader behind it buffers a whole
 * message before anybody can look at it. Passes bytes on as they are; fails at a header that announces too much.
 */
import { Transform, type TransformCallback } from 'node:stream';

/** Editors do not sync documents over 50 MB; JSON escapes make them a little longer. */
const mostBodyBytes = 64 * 1024 * 1024;
const mostHeaderBytes = 8 * 1024;
const endOfHeader = Buffer.from('\r\n\r\n');

export class FrameLimit extends Transform {
  #header = Buffer.alloc(0);
  #bodyBytesLeft = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
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
    this.#header = Buffer.concat([this.#header, bytes]);
    const end = this.#header.indexOf(endOfHeader);
    const length = end < 0 ? this.#header.length : end;
    if (length > mostHeaderBytes)
      throw new Error('This is not the language server protocol: a header without end.');
    if (end < 0) return Buffer.alloc(0);

    const header = this.#header.subarray(0, end + endOfHeader.length);
    const rest = this.#header.subarray(header.length);
    this.#header = Buffer.alloc(0);
    this.#bodyBytesLeft = bodyLength(header.toString('ascii'));
    this.push(header);
    return rest;
  }
}

function bodyLength(header: string): number {
  const length = Number(/^content-length:\s*(\d+)\s*$/im.exec(header)?.[1] ?? Number.NaN);
  if (Number.isNaN(length)) throw new Error('This is not the language server protocol: no Content-Length.');
  if (length > mostBodyBytes) {
    throw new Error(`A message of ${length} bytes was refused: the limit is ${mostBodyBytes} bytes.`);
  }
  return length;
}
