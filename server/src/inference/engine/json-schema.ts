/**
 * The part of JSON Schema that the sampler can hold a text to, in the words of node-llama-cpp. Whatever else a schema says
 * is refused, so that no answer breaks a promise; what only describes is left out. Pure.
 */
import type { GbnfJsonSchema } from 'node-llama-cpp';
import { RequestError } from './request-error';

/** A schema that one can read stays below these; a larger one would make sampling slow. */
const DEEPEST = 16;
const MOST_PARTS = 1000;
const LONGEST_REPEAT = 1000;

type Fields = Readonly<Record<string, unknown>>;

const TYPES = ['string', 'number', 'integer', 'boolean', 'null'] as const;

const DESCRIBES = new Set(
  '$schema $id $comment title description default examples deprecated readOnly writeOnly format strict $defs definitions'.split(
    ' ',
  ),
);
const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];

export interface HeldSchema {
  /** Only one. */
  readonly oneOf: readonly GbnfJsonSchema[];
  readonly $defs: Readonly<Record<string, GbnfJsonSchema>>;
}

/** @throws RequestError in words that name the place. */
export function heldSchema(json: string): HeldSchema {
  const root = asFields(parse(json), '#');
  const defs = { ...fieldsOf(root, 'definitions', '#'), ...fieldsOf(root, '$defs', '#') };
  const parts = { left: MOST_PARTS };
  const names = new Set(Object.keys(defs));
  const convert = (schema: unknown, path: string, depth: number): GbnfJsonSchema =>
    convertOne(asFields(schema, path), { path, depth, names, parts, convert });
  const heldDefs = Object.entries(defs).map(([name, def]) => [name, convert(def, `#/$defs/${name}`, 0)]);
  return { oneOf: [convert(root, '#', 0)], $defs: Object.fromEntries(heldDefs) };
}

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly names: ReadonlySet<string>;
  readonly parts: { left: number };
  convert(schema: unknown, path: string, depth: number): GbnfJsonSchema;
}

function convertOne(schema: Fields, place: Place): GbnfJsonSchema {
  const { path, depth } = place;
  if (depth > DEEPEST) throw refused(path, `is nested deeper than ${DEEPEST}`);
  if (--place.parts.left < 0) throw refused('#', `has more than ${MOST_PARTS} parts`);
  const inner = (part: unknown, name: string) => place.convert(part, `${path}/${name}`, depth + 1);

  if ('$ref' in schema) {
    only(schema, ['$ref'], path);
    const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(String(schema.$ref))?.[1];
    if (name === undefined || !place.names.has(name))
      throw refused(path, `refers to ${JSON.stringify(schema.$ref)}, which is not in "$defs"`);
    return { $ref: `#/$defs/${name}` };
  }
  for (const word of ['anyOf', 'oneOf'])
    if (word in schema) {
      only(schema, [word], path);
      return { oneOf: listOf(schema, word, path).map((part, index) => inner(part, `${word}/${index}`)) };
    }
  if ('const' in schema) {
    only(schema, ['const', 'type'], path);
    return { const: literal(schema.const, path) };
  }
  if ('enum' in schema) {
    only(schema, ['enum', 'type'], path);
    return { enum: listOf(schema, 'enum', path).map((value) => literal(value, path)) };
  }
  if (schema.type === 'object') return heldObject(schema, place, inner);
  if (schema.type === 'array') return heldArray(schema, place, inner);
  return heldScalar(schema, path);
}

type Inner = (part: unknown, name: string) => GbnfJsonSchema;

function heldObject(schema: Fields, { path }: Place, inner: Inner): GbnfJsonSchema {
  only(schema, ['type', 'properties', 'required', 'additionalProperties'], path);
  const properties = Object.entries(fieldsOf(schema, 'properties', path));
  const known = new Set(properties.map(([name]) => name));
  const required = schema.required === undefined ? [] : listOf(schema, 'required', path, 0);
  const unknown = required.find((name) => typeof name !== 'string' || !known.has(name));
  if (unknown !== undefined)
    throw refused(path, `requires ${JSON.stringify(unknown)}, which is not in "properties"`);
  const more = schema.additionalProperties ?? known.size === 0;
  return {
    type: 'object',
    properties: Object.fromEntries(
      properties.map(([name, part]) => [name, inner(part, `properties/${name}`)]),
    ),
    additionalProperties: typeof more === 'boolean' ? more : inner(more, 'additionalProperties'),
  };
}

function heldArray(schema: Fields, { path }: Place, inner: Inner): GbnfJsonSchema {
  only(schema, ['type', 'items', 'prefixItems', 'minItems', 'maxItems'], path);
  const { items } = schema;
  const prefix = schema.prefixItems === undefined ? null : listOf(schema, 'prefixItems', path);
  const { minItems, maxItems } = schema;
  if (Number(minItems) > Number(maxItems)) throw refused(path, 'has a "minItems" above its "maxItems"');
  return {
    type: 'array',
    ...(items !== undefined && items !== true && { items: inner(items, 'items') }),
    ...(prefix && { prefixItems: prefix.map((part, index) => inner(part, `prefixItems/${index}`)) }),
    ...repeats(schema, 'minItems', path),
    ...repeats(schema, 'maxItems', path),
  };
}

function heldScalar(schema: Fields, path: string): GbnfJsonSchema {
  const types = [schema.type].flat();
  const held = TYPES.filter((type) => types.includes(type));
  if (held.length === 0 || held.length < types.length)
    throw refused(path, `has no "type" that can be held to: ${JSON.stringify(schema.type) ?? 'none'}`);
  only(schema, ['type', ...BOUNDS, 'minLength', 'maxLength'], path);
  // The safe integers, which libraries write for "integer".
  for (const bound of BOUNDS)
    if (bound in schema && Math.abs(Number(schema[bound])) < Number.MAX_SAFE_INTEGER)
      throw refused(path, `has "${bound}", which no text can be held to here`);
  const lengths = { ...repeats(schema, 'minLength', path), ...repeats(schema, 'maxLength', path) };
  if (Object.keys(lengths).length === 0) return { type: held };
  if (held.length > 1 || held[0] !== 'string') throw refused(path, 'has a length, and is not only text');
  if (Number(schema.minLength) > Number(schema.maxLength))
    throw refused(path, 'has a "minLength" above its "maxLength"');
  return { type: 'string', ...lengths };
}

function repeats(schema: Fields, word: string, path: string): Record<string, number> {
  const value = schema[word];
  if (value === undefined) return {};
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LONGEST_REPEAT)
    return { [word]: value };
  throw refused(path, `has "${word}" ${JSON.stringify(value)}; it may be 0 to ${LONGEST_REPEAT}`);
}

function literal(value: unknown, path: string): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw refused(path, 'has a value that is neither text, number, boolean nor null');
}

function only(schema: Fields, words: readonly string[], path: string): void {
  const other = Object.keys(schema).find((word) => !words.includes(word) && !DESCRIBES.has(word));
  if (other !== undefined)
    throw refused(path, `has ${JSON.stringify(other.slice(0, 80))}, which no text can be held to here`);
}

function listOf(schema: Fields, word: string, path: string, least = 1): unknown[] {
  const list = schema[word];
  if (Array.isArray(list) && list.length >= least && list.length <= MOST_PARTS) return list;
  throw refused(path, `has ${JSON.stringify(word)}, which is not a list of ${least} to ${MOST_PARTS}`);
}

function fieldsOf(schema: Fields, word: string, path: string): Fields {
  return schema[word] === undefined ? {} : asFields(schema[word], `${path}/${word}`);
}

function asFields(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw refused(path, 'is not an object');
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw refused('#', 'is not JSON');
  }
}

function refused(path: string, why: string): RequestError {
  return new RequestError(`The JSON Schema at ${path.slice(0, 200)} ${why}.`);
}
