/** Is this file a model? Asked before a process is started for it, and answered in words. */
import { open, stat } from 'node:fs/promises';
import { LoadError } from './errors';
import { HEADER_BYTES, parseGgufHeader } from './gguf-header';
import { partPathsOf } from './model-parts';

/** @throws LoadError `model`, also when one of several parts is missing. */
export async function checkModelFile(modelPath: string): Promise<void> {
  try {
    for (const part of partPathsOf(modelPath)) await checkFile(part);
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError('model', `${modelPath} ${describeFileError(error)}.`);
  }
}

async function checkFile(path: string): Promise<void> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw new Error('is a folder: name the .gguf file in it');
    if (!info.isFile()) throw new Error('is not a regular file');
    parseGgufHeader(await readStart(path), info.size);
  } catch (error) {
    throw new LoadError('model', `${path} ${describeFileError(error)}.`);
  }
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function describeFileError(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot be read';
  if (!('code' in error)) return error.message;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return 'does not exist';
  if (error.code === 'EACCES' || error.code === 'EPERM') return 'may not be read by this user';
  if (error.code === 'ELOOP') return 'is a link that leads to itself';
  return `cannot be read (${error.message})`;
}
