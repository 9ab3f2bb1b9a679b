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
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#bodyBytesLeft > 0) {
        const body = rest.subarray(0, this.#bodyBytesLeft);
        this.#bodyBytesLeft -= body.length;
        this.push(body);
        rest = rest.subarray(body.length);
        continue;
      }
      this.#header = Buffer.concat([this.#header, rest]);
      const end = this.#header.indexOf(endOfHeader);
      if (end > mostHeaderBytes || (end < 0 && this.#header.length > mostHeaderBytes)) {
        return done(new Error('This is not the language server protocol: a header without end.'));
      }
      if (end < 0) return done();

      const header = this.#header.subarray(0, end + endOfHeader.length);
      const length = Number(/^content-length:\s*(\d+)\s*$/im.exec(header.toString('ascii'))?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) return done(new Error('This is not the language server protocol: no Content-Length.'));
      if (length > mostBodyBytes) {
        return done(new Error(`A message of ${length} bytes was refused: the limit is ${mostBodyBytes} bytes.`));
      }
      rest = this.#header.subarray(header.length);
      this.#header = Buffer.alloc(0);
      this.#bodyBytesLeft = length;
      this.push(header);
    }
    done();
  }
}
