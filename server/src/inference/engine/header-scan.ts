/**
 * Walks over the whole header of a GGUF file and believes nothing: node-llama-cpp's reader takes every length as it
 * stands and reads on behind the end of the file, so a length of 2^63 would fill the memory.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { partPathsOf } from '../model-parts';
import { ModelFileError } from './file-error';

const WINDOW = 2 ** 20;
/** Bytes. The largest headers in use have some 30 MiB, almost all of it vocabulary. */
const LONGEST_HEADER = 2 ** 28;
/** Of all arrays together: a vocabulary of 256,000 tokens has about a million with its merges, scores and types. */
const MOST_ELEMENTS = 2 ** 24;
const MOST_DIMENSIONS = 4;
const DEEPEST_ARRAY = 3;

const STRING = 8;
const ARRAY = 9;
/** Bytes of a value, by its type. */
const SCALARS: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];

/** @throws ModelFileError when a part of the model has a header that cannot be true. */
export function scanHeaders(modelPath: string): void {
  for (const part of partPathsOf(modelPath)) scanHeader(part);
}

function scanHeader(path: string): void {
  const file = openSync(path, 'r');
  try {
    walk(createCursor(file));
  } finally {
    closeSync(file);
  }
}

/** For what no honest file says. */
export function impossible(what: string): ModelFileError {
  return new ModelFileError(
    `The file is damaged: impossible numbers in its header (${printable(what)}). Fetch it again.`,
  );
}

interface Cursor {
  /** bytes of the file after the cursor */
  left(): number;
  u32(): number;
  u64(): number;
  string(what: string): string;
  skip(bytes: number): void;
}

function walk(cursor: Cursor): void {
  cursor.skip(8); // the magic word and the version: seen before a process was started
  const tensors = cursor.u64();
  const keyValues = cursor.u64();
  let elements = 0;

  const skipValue = (type: number, key: string, depth: number): void => {
    const size = SCALARS[type];
    if (size !== undefined) cursor.skip(size);
    else if (type === STRING) cursor.string(key);
    else if (type === ARRAY && depth < DEEPEST_ARRAY) {
      const element = cursor.u32();
      const length = cursor.u64();
      elements += length;
      if (length > cursor.left() || elements > MOST_ELEMENTS)
        throw impossible(`${key} has ${length} elements`);
      const elementSize = SCALARS[element];
      if (elementSize !== undefined) cursor.skip(length * elementSize);
      else for (let index = 0; index < length; index++) skipValue(element, key, depth + 1);
    } else throw impossible(`${key} is of type ${type}`);
  };

  for (let index = 0; index < keyValues; index++) {
    const key = cursor.string('a key');
    skipValue(cursor.u32(), key, 0);
  }
  for (let index = 0; index < tensors; index++) {
    const name = cursor.string('the name of a tensor');
    const dimensions = cursor.u32();
    if (dimensions > MOST_DIMENSIONS) throw impossible(`${name} has ${dimensions} dimensions`);
    let weights = 1;
    for (let dimension = 0; dimension < dimensions; dimension++) weights *= cursor.u64();
    if (weights === 0 || weights > Number.MAX_SAFE_INTEGER)
      throw impossible(`${name} has ${weights} weights`);
    cursor.skip(4 + 8); // its type and its place: llama.cpp looks at them
  }
}

function createCursor(file: number): Cursor {
  const { size } = fstatSync(file);
  const window = Buffer.alloc(WINDOW);
  let at = 0;
  let start = 0;
  let filled = 0;

  const skip = (bytes: number) => {
    if (bytes > size - at)
      throw new ModelFileError(
        'The file is damaged or incomplete: it ends within its header. Fetch it again.',
      );
    if (at + bytes > LONGEST_HEADER) throw impossible(`more than ${LONGEST_HEADER / 2 ** 20} MiB of it`);
    at += bytes;
  };
  /** Some bytes, at most a window, and the cursor behind them. */
  const take = (bytes: number): Buffer => {
    const from = at;
    skip(bytes);
    if (from < start || at > start + filled) {
      start = from;
      filled = readSync(file, window, 0, WINDOW, start);
    }
    return window.subarray(from - start, from - start + bytes);
  };
  const u64 = () => Number(take(8).readBigUInt64LE());

  return {
    left: () => size - at,
    u32: () => take(4).readUInt32LE(),
    u64,
    string(what) {
      const length = u64();
      if (length > size - at) throw impossible(`${what} has ${length} bytes`);
      const known = take(Math.min(length, WINDOW)).toString('latin1');
      skip(length - Math.min(length, WINDOW));
      return known;
    },
    skip,
  };
}

/** Names in a bad file may be anything; only their beginning is shown. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
