/**
 * The token for the HTTP API from other machines. Only its SHA-256 is kept: a token has 256 random bits, which nobody
 * guesses, so a slow hash would protect nothing, and would let strangers make the host work. The file is all that the
 * command line and a running host share.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const fileSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

export interface HttpToken {
  /** Whether there is one that could match. */
  exists(): boolean;
  /** As the file is now: a token that was replaced or removed is worth nothing from then on. */
  matches(text: string): boolean;
}

/** Makes a new one, which is never to be seen again; the one before is void. Throws, in words, when it cannot be kept. */
export function makeHttpToken(file: string): string {
  // The prefix lets scanners for secrets find it where it should not be.
  const token = `vramesh_${randomBytes(32).toString('base64url')}`;
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, `${JSON.stringify({ sha256: hashOf(token).toString('hex') })}\n`, {
      mode: 0o600,
    });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(
      `The token cannot be kept in ${file} (${(error as Error).message}). Nothing was changed. ` +
        'Make room and make its folder writable.',
    );
  }
  return token;
}

/** Answers whether there was one. */
export function removeHttpToken(file: string): boolean {
  const existed = statSync(file, { throwIfNoEntry: false }) !== undefined;
  rmSync(file, { force: true });
  return existed;
}

export function openHttpToken(file: string): HttpToken {
  let known: { readonly version: string; readonly hash: Buffer | null } | null = null;

  function current(): Buffer | null {
    const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
    const version = stat === undefined ? 'none' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
    if (known?.version !== version) known = { version, hash: stat === undefined ? null : readHash(file) };
    return known.hash;
  }

  return {
    exists: () => current() !== null,
    matches(text) {
      const hash = current();
      return hash !== null && timingSafeEqual(hash, hashOf(text));
    },
  };
}

/** null: what is no such file lets nobody in. */
function readHash(file: string): Buffer | null {
  try {
    const { sha256 } = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return Buffer.from(sha256, 'hex');
  } catch {
    return null;
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
