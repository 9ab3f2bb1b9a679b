/** Why a model file cannot be loaded, as far as its first bytes and its neighbours tell. */
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { ModelRef } from '#protocol';
import { fileStat, partsOf } from './gguf-folder';

const magic = 'GGUF';
/** Magic, version, and the numbers of tensors and of metadata: the least that a GGUF has. */
const headerBytes = 24;

/** In words, with what to do; `null`: nothing to be seen from outside. Reads 24 bytes per part. */
export function problemOf(model: ModelRef): string | null {
  const parts = partsOf(model);
  const missing = parts.flatMap((part, index) => (fileStat(part) ? [] : [index + 1]));
  if (missing.length === parts.length) return `${model.path} is not there any more.`;
  if (missing.length > 0) {
    const which =
      missing.length === 1
        ? `Part ${missing[0]} of ${parts.length} is`
        : `Parts ${missing.join(', ')} of ${parts.length} are`;
    return `${which} missing. Put it beside ${basename(model.path)}, or download the model again.`;
  }
  for (const part of parts) {
    const problem = headerProblem(part);
    if (problem) return problem;
  }
  return null;
}

function headerProblem(path: string): string | null {
  const name = basename(path);
  let header: Buffer;
  try {
    header = firstBytes(path);
  } catch (error) {
    return `${name} cannot be read (${(error as Error).message}). Make it readable for this user.`;
  }
  if (header.length === 0) return `${name} is empty. Delete it, and download the model again.`;
  if (!isGguf(header)) return `${name} is not a GGUF file. Delete it, and download the model again.`;
  if (header.length < headerBytes)
    return `${name} is cut off in its header. Delete it, and download the model again.`;
  return null;
}

export function isGguf(header: Buffer): boolean {
  return header.toString('latin1', 0, magic.length) === magic;
}

function firstBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    return header.subarray(0, readSync(file, header, 0, headerBytes, 0));
  } finally {
    closeSync(file);
  }
}
