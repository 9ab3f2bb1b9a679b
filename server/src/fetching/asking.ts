/** Questions to a server for which somebody waits: fewer tries than a transfer has. */
import { type Patience, persist } from './attempts';
import { type Client, discard, HttpError, impatiently, Refused } from './http';
import { contentRange, type RemoteFile, validatorOf } from './remote-file';

export interface Asking {
  readonly client: Client;
  readonly patience: Patience;
  /** A server that says nothing for this long is given up on, in ms. */
  readonly stallMs: number;
}

export function ask<T>(
  { patience, stallMs }: Asking,
  signal: AbortSignal,
  question: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return persist({ ...patience, tries: Math.min(3, patience.tries) }, signal, async () => {
    try {
      return await impatiently(stallMs, signal, question);
    } catch (error) {
      throw error instanceof HttpError && error.status === 416
        ? new Refused('The file on the server is empty.')
        : error;
    }
  });
}

/** Asks for the first byte: whether it may be read, how large the file is, and whether pieces can be had. */
export async function knock(
  url: URL,
  asking: Asking,
  signal: AbortSignal,
): Promise<Pick<RemoteFile, 'size' | 'validator' | 'ranges'>> {
  const response = await ask(asking, signal, async (inTime) => {
    const reply = await asking.client.get(url, { range: 'bytes=0-0' }, inTime);
    await discard(reply);
    return reply;
  });
  const validator = validatorOf(response);
  const total = response.status === 206 ? (contentRange(response)?.total ?? null) : null;
  if (total !== null) return { size: total, validator, ranges: true };
  const length =
    response.status === 200 ? Number(response.headers.get('content-length') ?? Number.NaN) : Number.NaN;
  return { size: Number.isSafeInteger(length) && length > 0 ? length : null, validator, ranges: false };
}
