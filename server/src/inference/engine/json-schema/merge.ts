/** Two schemas that both hold, as one. Pure. */
import { asFields, type Fields, refused, refusedWord } from './fields';

type Merge = (one: unknown, other: unknown, path: string) => unknown;

const larger: Merge = (one, other) => Math.max(Number(one), Number(other));
const smaller: Merge = (one, other) => Math.min(Number(one), Number(other));

/** What is said twice, and not alike. */
const merges: Readonly<Record<string, Merge>> = {
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  required: (one, other) => [...new Set([...list(one), ...list(other)])],
  type: (one, other, path) => common(types(one), types(other), path, 'type'),
  enum: (one, other, path) => common(list(one), list(other), path, 'enum'),
  items: both,
  allOf: (one, other) => [...list(one), ...list(other)],
  additionalProperties: (one, other, path) => {
    if (one === false || other === false) return false;
    if (one === true || other === true) return one === true ? other : one;
    throw refusedWord(path, 'additionalProperties');
  },
  properties: (one, other, path) => {
    const [ones, others] = [asFields(one, path), asFields(other, path)];
    const shared = Object.keys(others).filter((name) => Object.hasOwn(ones, name));
    return {
      ...ones,
      ...others,
      ...Object.fromEntries(shared.map((name) => [name, both(ones[name], others[name])])),
    };
  },
};

/** Says the same of each value as both together. @throws RequestError where no one schema does. */
export function merged(one: Fields, other: Fields, path: string): Fields {
  // What one says of all items, the other's first ones would have to be, too.
  for (const [first, all] of [
    [one, other],
    [other, one],
  ] as const)
    if ('prefixItems' in first && 'items' in all) throw refusedWord(path, 'prefixItems');
  const result = new Map(Object.entries(one));
  for (const [word, value] of Object.entries(other)) {
    const known = result.get(word);
    if (!result.has(word) || isSame(known, value)) result.set(word, value);
    else {
      const merge = Object.hasOwn(merges, word) ? merges[word] : undefined;
      if (merge === undefined) throw refusedWord(path, word);
      result.set(word, merge(known, value, path));
    }
  }
  const fields = Object.fromEntries(result);
  return { ...fields, ...closed(one, other, fields, path) };
}

/** Who takes no other properties takes none of the other's, either. */
function closed(one: Fields, other: Fields, { properties }: Fields, path: string): Fields {
  const known = properties === undefined ? {} : asFields(properties, path);
  const closers = [one, other].filter(({ additionalProperties }) => additionalProperties === false);
  if (closers.length === 0) {
    const isHeld = ({ additionalProperties: more }: Fields, by: Fields) =>
      typeof more === 'object' && by.properties !== undefined;
    if (isHeld(one, other) || isHeld(other, one)) throw refusedWord(path, 'additionalProperties');
    return {};
  }
  const mayBe = (name: string) =>
    closers.every((closer) => Object.hasOwn(asFields(closer.properties ?? {}, path), name));
  const left = Object.entries(known).filter(([name]) => mayBe(name));
  return { properties: Object.fromEntries(left), additionalProperties: false };
}

function both(one: unknown, other: unknown): Fields {
  return { allOf: [one, other] };
}

function common(ones: readonly unknown[], others: readonly unknown[], path: string, word: string): unknown[] {
  const left = ones.filter((value) => others.some((wanted) => isSame(value, wanted)));
  if (left.length > 0) return left;
  throw refused(path, `has a "${word}" that no text can have: two that both hold have nothing in common`);
}

/** A whole number is a number. */
function types(value: unknown): unknown[] {
  const named = list(value);
  return named.includes('number') ? [...named, 'integer'] : named;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
