/** Large models come in numbered parts; llama.cpp wants the first one and finds the others beside it. */
import { basename, dirname, join } from 'node:path';
import { endsLikePart, splitName } from '../split-name';

/**
 * Paths of all files that will be read, that which was named first: none is believed before it was looked at.
 * @throws Error in words that complete "This file …" for a part that is not the first, or has impossible numbers.
 */
export function partPathsOf(modelPath: string): readonly string[] {
  const name = basename(modelPath);
  const { parts } = splitName(name) ?? {};
  if (parts === undefined) {
    if (endsLikePart(name))
      throw new Error('is named as a part of a model, but no model has such parts: rename it');
    return [modelPath];
  }
  const position = parts.indexOf(name);
  if (position > 0) throw new Error(`is part ${position + 1} of a model: name part 1 instead`);
  return [modelPath, ...parts.slice(1).map((part) => join(dirname(modelPath), part))];
}
