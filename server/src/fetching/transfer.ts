/**
 * The bytes of one file, from a server to the disk.
 *
 * Written here because the library at hand (ipull, which node-llama-cpp brings) does not keep what a model of 20 GB on a
 * home connection needs: it never gives up on a connection that is open but silent, does not notice that the file changed
 * on the server (no If-Range, no ETag), knows no hash, keeps its notes inside the file without an fsync, tries 150 times
 * where a server ignores ranges, and takes "file:" addresses.
 *
 * Pieces are fetched side by side; a piece that fails goes on at the byte where it stopped. A server that ignores ranges is
 * read once from the start, and only what is missing is written. Never more bytes are taken than were announced.
 */
import { withEither } from '../either-signal';
import { Changed, type Patience, persist } from './attempts';
import { bodyOf, type Client, discard, HttpError, impatiently, Refused } from './http';
import type { Piece, Pieces } from './pieces';
import { contentRange, isSame, type RemoteFile, validatorOf } from './remote-file';

export interface TransferLimits extends Patience {
  /** A server that sends nothing for this long is asked again, in ms. */
  readonly stallMs: number;
  readonly pieceBytes: number;
  /** Pieces that are fetched at the same time. */
  readonly parallel: number;
}

/** For a home connection and a file of many gigabytes. */
export const defaultLimits: TransferLimits = {
  pieceBytes: 32 * 1024 ** 2,
  parallel: 4,
  stallMs: 30_000,
  tries: 8,
  firstWaitMs: 500,
  longestWaitMs: 2 * 60_000,
};

export interface TransferOptions {
  readonly file: RemoteFile;
  readonly pieces: Pieces;
  readonly client: Client;
  readonly limits: TransferLimits;
  readonly signal: AbortSignal;
  /** After every chunk. Rejects when the disk has no room for what a file of unknown size may still bring. */
  readonly arrived: () => void | Promise<void>;
}

/** A server that answers one range and ignores the next. */
class RangeIgnored extends Refused {}

/** Rejects with Changed, or in words with what cannot get better by itself; whole pieces stay in the journal. */
export async function transfer(options: TransferOptions): Promise<void> {
  if (options.file.ranges) {
    try {
      return await inPieces(options);
    } catch (error) {
      if (!(error instanceof RangeIgnored)) throw error;
    }
  }
  await asStream(options);
}

async function inPieces(options: TransferOptions): Promise<void> {
  const waiting = options.pieces.all.filter(({ whole }) => !whole);
  const failed = new AbortController();
  await withEither([options.signal, failed.signal], async (signal) => {
    const workers = Array.from({ length: options.limits.parallel }, async () => {
      for (let piece = waiting.shift(); piece; piece = waiting.shift()) {
        const next = piece;
        await persist(options.limits, signal, (progress) =>
          fetchPiece({ ...options, signal }, next, progress),
        );
        await options.pieces.finish(next);
      }
    });
    // The first failure ends the others, and is the one that is told.
    const all = Promise.all(workers);
    await all.catch((error: unknown) => failed.abort(error));
    await Promise.allSettled(workers);
    await all;
  });
}

async function fetchPiece(
  { file, pieces, client, limits, signal, arrived }: TransferOptions,
  piece: Piece,
  progress: () => void,
): Promise<void> {
  const start = piece.start + piece.received;
  const end = piece.start + piece.length - 1;
  if (start > end) return;
  const url = new URL(file.url);
  // A weak ETag does not promise equal bytes, so it may not be used here.
  const condition = file.validator && !file.validator.startsWith('W/') ? { 'if-range': file.validator } : {};
  await impatiently(limits.stallMs, signal, async (inTime, alive) => {
    const response = await client
      .get(url, { range: `bytes=${start}-${end}`, ...condition }, inTime)
      .catch(changedWhenOutOfRange);
    const range = contentRange(response);
    const fault = faultOf(response, file) ?? (response.status === 200 ? new RangeIgnored() : null);
    if (fault || range?.start !== start || range.end > end) {
      await discard(response);
      throw fault ?? new Refused(`${url.host} sends another range than it was asked for.`);
    }
    for await (const chunk of bodyOf(response, inTime)) {
      alive();
      const wanted = chunk.subarray(0, piece.length - piece.received);
      await pieces.append(piece, wanted);
      progress();
      await arrived();
      if (wanted.length < chunk.length) break;
    }
    if (piece.received < piece.length) throw new Error('The connection ended before the piece did.');
  });
}

function changedWhenOutOfRange(error: unknown): never {
  throw error instanceof HttpError && error.status === 416 ? new Changed() : error;
}

/** From the first byte to the last, however often it takes. */
async function asStream(options: TransferOptions): Promise<void> {
  const { file, pieces, limits, signal } = options;
  const mayGoOn = isSame(file, file);
  let furthest = pieces.bytes;
  await persist(limits, signal, async (progress) => {
    if (!mayGoOn && pieces.bytes > 0) await pieces.reset();
    await readThrough(options, () => {
      // What was there already is no progress.
      if (pieces.bytes > furthest) progress();
      furthest = Math.max(furthest, pieces.bytes);
    });
  });
}

async function readThrough(
  { file, pieces, client, limits, signal, arrived }: TransferOptions,
  progress: () => void,
): Promise<void> {
  const url = new URL(file.url);
  await impatiently(limits.stallMs, signal, async (inTime, alive) => {
    const response = await client.get(url, {}, inTime);
    const partial =
      response.status === 206 ? new Refused(`${url.host} sends a part where the whole was asked for.`) : null;
    const fault = partial ?? faultOf(response, file);
    if (fault) {
      await discard(response);
      throw fault;
    }
    let offset = 0;
    for await (const chunk of bodyOf(response, inTime)) {
      alive();
      if (file.size !== null && offset + chunk.length > file.size) {
        throw new Refused(`${url.host} sends more than the ${file.size} bytes that it announced.`);
      }
      await writeThrough(pieces, offset, chunk);
      offset += chunk.length;
      progress();
      await arrived();
    }
    if (offset < (file.size ?? 1)) throw new Error('The connection ended before the file did.');
  });
}

/** Writes what is still missing of `chunk`, which lies at `offset`; it may lie in several pieces. */
async function writeThrough(pieces: Pieces, offset: number, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const at = offset + done;
    const piece = pieces.all.find(({ start, length }) => at < start + length);
    if (!piece) return;
    const upTo = Math.min(chunk.length, piece.start + piece.length - offset);
    const missing = Math.max(done, piece.start + piece.received - offset);
    if (missing < upTo) await pieces.append(piece, chunk.subarray(missing, upTo));
    if (piece.received === piece.length && !piece.whole) await pieces.finish(piece);
    done = upTo;
  }
}

/** The reply belongs to another file than the one that was begun. */
function faultOf(response: Response, file: RemoteFile): Error | null {
  const validator = validatorOf(response);
  if (validator !== null && file.validator !== null && validator !== file.validator) return new Changed();
  const total =
    response.status === 206
      ? contentRange(response)?.total
      : Number(response.headers.get('content-length') ?? Number.NaN);
  if (file.size !== null && typeof total === 'number' && Number.isFinite(total) && total !== file.size)
    return new Changed();
  return null;
}
