/** Is this file a model, and can it fit at all? Asked before an engine is started, and answered in words. */
import { open, stat } from 'node:fs/promises';
import os from 'node:os';
import process from 'node:process';
import { LoadError } from './errors';
import { HEADER_BYTES, parseGgufHeader } from './gguf-header';

/** Large models come in numbered parts; llama.cpp wants the first one and finds the others beside it. */
const PART = /-(\d{5})-of-(\d{5})\.gguf$/;

/**
 * @param vramTotal bytes of all GPUs here; null: unknown or none.
 * @throws LoadError `model` or `memory`.
 */
export async function checkModelFile(modelPath: string, vramTotal: number | null): Promise<void> {
  let size = 0;
  for (const part of partsOf(modelPath)) size += await checkFile(part);

  const ram = usableRam();
  const vram = vramTotal ?? 0;
  if (size <= ram + vram) return;
  const memory = `${gib(ram)} of RAM${vram > 0 ? ` and ${gib(vram)} of VRAM` : ''}`;
  throw new LoadError(
    'memory',
    `The model ${modelPath} has ${gib(size)}, but this machine has only ${memory}. Choose a smaller model or a stronger quantization.`,
  );
}

function partsOf(modelPath: string): string[] {
  const [name, number, count] = PART.exec(modelPath) ?? [];
  if (name === undefined || number === undefined || count === undefined) return [modelPath];
  if (Number(number) !== 1)
    throw new LoadError('model', `${modelPath} is part ${Number(number)} of a model: name part 1 instead.`);
  const base = modelPath.slice(0, -name.length);
  return Array.from(
    { length: Number(count) },
    (_, index) => `${base}-${String(index + 1).padStart(5, '0')}-of-${count}.gguf`,
  );
}

/** Bytes of the file. */
async function checkFile(path: string): Promise<number> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw new Error('is a folder: name the .gguf file in it');
    if (!info.isFile()) throw new Error('is not a regular file');
    parseGgufHeader(await readStart(path), info.size);
    return info.size;
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
  return `cannot be read (${error.message})`;
}

/** Bytes, within a container's limit where there is one. */
function usableRam(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(os.totalmem(), limit) : os.totalmem();
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
