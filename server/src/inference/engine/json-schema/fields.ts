/** A schema as it was sent: nothing in it is what it says before it was looked at. */
import { RequestError } from '../request-error';

export type Fields = Readonly<Record<string, unknown>>;

/** Numbers that no schema which one can read comes near; a larger one would make sampling slow. */
export const LIMITS = { depth: 16, parts: 1000, repeat: 1000 };

export function asFields(value: unknown, path: string): Fields {
  // What says nothing, and what nothing fulfils.
  if (value === true) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw refused(path, 'is not an object');
}

export function fieldsOf(schema: Fields, word: string, path: string): Fields {
  const value = schema[word];
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw refused(`${path}/${word}`, 'is not an object');
}

export function listOf(schema: Fields, word: string, path: string, least = 1): unknown[] {
  const list = schema[word];
  if (list === undefined && least === 0) return [];
  if (Array.isArray(list) && list.length >= least && list.length <= LIMITS.parts) return list;
  throw refused(path, `has ${JSON.stringify(word)}, which is not a list of ${least} to ${LIMITS.parts}`);
}

/** null: it is not said */
export function countOf(schema: Fields, word: string, path: string): number | null {
  const value = schema[word];
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LIMITS.repeat)
    return value;
  throw refused(path, `has "${word}" ${JSON.stringify(value)}; it may be 0 to ${LIMITS.repeat}`);
}

export function refused(path: string, why: string): RequestError {
  return new RequestError(`The JSON Schema at ${path.slice(0, 200)} ${why}.`);
}

export function refusedWord(path: string, word: string): RequestError {
  return refused(path, `has ${JSON.stringify(word.slice(0, 80))}, which no text can be held to here`);
}
