/**
 * A file that arrives in pieces, and the journal beside it that says which of them are whole. The order makes the journal
 * true after a power cut as well: bytes are on the disk before the journal says so, and the journal is replaced, never
 * written over. Bytes of a piece that was not finished are fetched again after a restart.
 */
import { readFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import * as z from 'zod';
import { replaceFile } from '../replace-file';
import { isSame, type RemoteFile } from './remote-file';

const mostPieces = 1_000_000;

const journalSchema = z
  .object({
    size: z.number().int().positive(),
    validator: z.string().nullable(),
    sha256: z.string().nullable(),
    pieceBytes: z.number().int().positive(),
    whole: z.array(z.number().int().nonnegative()).max(mostPieces),
  })
  .refine(({ size, pieceBytes }) => size / pieceBytes <= mostPieces);
type Journal = z.infer<typeof journalSchema>;

export interface Piece {
  readonly index: number;
  /** Offset in the file. */
  readonly start: number;
  /** Bytes; of a file of unknown size: as many as there are. */
  readonly length: number;
  received: number;
  whole: boolean;
}

export interface Pieces {
  readonly all: readonly Piece[];
  /** That have arrived, of all pieces. */
  readonly bytes: number;
  /** Adds what follows the bytes that the piece has. */
  append(piece: Piece, chunk: Uint8Array): Promise<void>;
  /** Everything of it is there: to the disk, and into the journal. */
  finish(piece: Piece): Promise<void>;
  /** Begins anew: what is there cannot be trusted to belong to what will come. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const journalOf = (path: string) => `${path}.journal`;

/** Continues with what the journal says is there, if it speaks of the same bytes. */
export async function openPieces(path: string, file: RemoteFile, pieceBytes: number): Promise<Pieces> {
  const journal = readJournal(path, file);
  const handle = await open(path, journal ? 'r+' : 'w', 0o600).catch(() => open(path, 'w', 0o600));
  // The journal may have outlived the file.
  const { size } = await handle.stat();
  const all = layOut(file.size, journal?.pieceBytes ?? pieceBytes);
  for (const index of journal?.whole ?? []) {
    const piece = all[index];
    if (!piece || piece.start + piece.length > size) continue;
    piece.whole = true;
    piece.received = piece.length;
  }

  async function append(piece: Piece, chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await handle.write(
        chunk,
        done,
        chunk.length - done,
        piece.start + piece.received,
      );
      piece.received += bytesWritten;
      done += bytesWritten;
    }
  }

  async function finish(piece: Piece): Promise<void> {
    piece.whole = true;
    if (file.size === null) return;
    const whole = all.filter((candidate) => candidate.whole).map(({ index }) => index);
    await handle.datasync();
    await note({
      size: file.size,
      validator: file.validator,
      sha256: file.sha256,
      pieceBytes: all[0]?.length ?? pieceBytes,
      whole,
    });
  }

  // Pieces finish at the same time: each note is written after the one before it.
  let noting = Promise.resolve();
  function note(journal: Journal): Promise<void> {
    noting = noting.catch(() => {}).then(() => replaceFile(journalOf(path), JSON.stringify(journal)));
    return noting;
  }

  async function reset(): Promise<void> {
    for (const piece of all) Object.assign(piece, { received: 0, whole: false });
    await rm(journalOf(path), { force: true });
    await handle.truncate(0);
  }

  return {
    all,
    get bytes() {
      return all.reduce((sum, { received }) => sum + received, 0);
    },
    append,
    finish,
    reset,
    close: () => handle.close(),
  };
}

/** Bytes that a download which does not run has on the disk. */
export function bytesNoted(path: string, file: RemoteFile): number {
  const journal = readJournal(path, file);
  if (!journal) return 0;
  const pieces = layOut(file.size, journal.pieceBytes);
  return journal.whole.reduce((sum, index) => sum + (pieces[index]?.length ?? 0), 0);
}

function layOut(size: number | null, pieceBytes: number): Piece[] {
  if (size === null)
    return [{ index: 0, start: 0, length: Number.POSITIVE_INFINITY, received: 0, whole: false }];
  return Array.from({ length: Math.ceil(size / pieceBytes) }, (_, index) => {
    const start = index * pieceBytes;
    return { index, start, length: Math.min(pieceBytes, size - start), received: 0, whole: false };
  });
}

/** `null`: there is none, or it speaks of other bytes. */
function readJournal(path: string, file: RemoteFile): Journal | null {
  try {
    const journal = journalSchema.parse(JSON.parse(readFileSync(journalOf(path), 'utf8')));
    return isSame({ ...file, ...journal }, file) ? journal : null;
  } catch {
    return null;
  }
}
