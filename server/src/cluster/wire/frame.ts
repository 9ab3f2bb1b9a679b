/** One JSON message on a connection that is about to become something else: 4 bytes of length, big-endian, then JSON. */
import type { Duplex } from 'node:stream';
import type * as z from 'zod';

/** A hello is short; a roster is not. */
export const frameLimits = { hello: 8 * 1024, roster: 4 * 2 ** 20 };

export function writeFrame(socket: Duplex, message: object): void {
  const body = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  socket.write(Buffer.concat([length, body]));
}

export interface FrameOptions<T extends z.ZodType> {
  readonly schema: T;
  /** Bytes that it may have. */
  readonly limit: number;
  /** ms until the whole of it must have come. */
  readonly patienceMs: number;
}

/**
 * What follows the frame stays in the socket. Rejects, in words, when what comes is not such a message, too large, too
 * late, or the connection ends; the socket is the caller's to destroy.
 */
export function readFrame<T extends z.ZodType>(
  socket: Duplex,
  { schema, limit, patienceMs }: FrameOptions<T>,
): Promise<z.infer<T>> {
  return new Promise((fulfil, reject) => {
    let received = Buffer.alloc(0);
    const done = (act: () => void) => {
      clearTimeout(timer);
      socket.off('readable', read).off('end', ended).off('close', ended).off('error', failed);
      act();
    };
    const fail = (message: string) => done(() => reject(new Error(message)));
    const ended = () => fail('the connection was closed');
    const failed = (error: Error) => fail(error.message);
    const timer = setTimeout(() => fail(`nothing came within ${patienceMs / 1000} s`), patienceMs);

    function read(): void {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
        received = Buffer.concat([received, chunk]);
        if (received.length < 4) continue;
        const length = received.readUInt32BE(0);
        if (length > limit) {
          fail(`a message of ${length} bytes was announced, ${limit} are allowed`);
          return;
        }
        if (received.length < 4 + length) continue;
        const rest = received.subarray(4 + length);
        done(() => {
          if (rest.length > 0) socket.unshift(rest);
          const message = schema.safeParse(parsed(received.subarray(4, 4 + length)));
          if (message.success) fulfil(message.data);
          else reject(new Error(`a message was not understood (${message.error.issues[0]?.message})`));
        });
        return;
      }
    }

    socket.on('readable', read).on('end', ended).on('close', ended).on('error', failed);
    read();
  });
}

function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString());
  } catch {
    return undefined;
  }
}
