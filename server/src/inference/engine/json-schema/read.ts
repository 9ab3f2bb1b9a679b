/** From a schema as it was sent to what a text is held to. */
import { asFields, countOf, type Fields, fieldsOf, LIMITS, listOf, refused, refusedWord } from './fields';
import type { Held, HeldSchema } from './held';
import { merged } from './merge';
import { areApart } from './one-of';
import { patternGrammar } from './pattern';
import { rangeOf } from './range';
import { textFormats } from './text-formats';

const DESCRIBES = new Set(
  '$schema $id $comment title description default examples deprecated readOnly writeOnly strict $defs definitions'.split(
    ' ',
  ),
);

/** What a schema can say of values of each type. */
const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['object', ['properties', 'required', 'additionalProperties']],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems']],
  ['string', ['minLength', 'maxLength', 'pattern', 'format']],
  ['number', BOUNDS],
  ['integer', BOUNDS],
  ['boolean', []],
  ['null', []],
]);
const READ = new Set(['type', ...[...WORDS.values()].flat()]);

/** Definitions that a schema sees: its own, then those around it. */
interface Scope {
  readonly path: string;
  readonly defs: Fields;
  readonly outer: Scope | null;
}

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly scope: Scope | null;
}

/** @throws RequestError in words that name the place. */
export function readSchema(schema: unknown): HeldSchema {
  const rules = new Map<string, Held>();
  /** By where a definition stands, the name of its rule. */
  const names = new Map<string, string>();
  let left = LIMITS.parts;

  function read(value: unknown, at: Place): Held {
    const { path, depth } = at;
    if (depth > LIMITS.depth) throw refused(path, `is nested deeper than ${LIMITS.depth}`);
    if (--left < 0) throw refused('#', `has more than ${LIMITS.parts} parts`);
    const schema = asFields(value, path);
    const place = { ...at, scope: scopeOf(schema, at) };
    const said = demands(schema);

    const { $ref, allOf, anyOf, oneOf, ...rest } = said;
    const alone = Object.keys(said).length === 1;
    const deeper = { ...place, depth: depth + 1 };
    if ($ref !== undefined && alone) return reference($ref, place);
    if ($ref !== undefined || allOf !== undefined) {
      const { $ref: _ref, allOf: _allOf, ...own } = said;
      const parts = [...($ref === undefined ? [] : [{ $ref }]), ...listOf(said, 'allOf', path, 0)];
      const together = parts.reduce<Fields>((sum, part) => merged(sum, resolved(part, place), path), own);
      return read(together, deeper);
    }
    if (anyOf !== undefined || oneOf !== undefined) {
      const word = anyOf === undefined ? 'oneOf' : 'anyOf';
      const { [word]: _alternatives, ...own } = said;
      const alternatives = listOf(said, word, path);
      if (word === 'oneOf' && !areApart(alternatives.map((one) => resolved(one, place))))
        throw refused(path, 'has a "oneOf" of which a text could be two: say "anyOf"');
      const isPlain = Object.keys(own).length === 0;
      return {
        kind: 'choice',
        of: alternatives.map((one, index) =>
          read(isPlain ? one : { allOf: [own, one] }, { ...deeper, path: `${path}/${word}/${index}` }),
        ),
      };
    }
    return readValue(rest, place);
  }

  function readValue(schema: Fields, place: Place): Held {
    const { path } = place;
    const types = typesOf(schema, path);
    if ('const' in schema || 'enum' in schema) return readLiterals(schema, types, path);
    const other = Object.keys(schema).find((word) => !READ.has(word));
    if (other !== undefined) throw refusedWord(path, other);
    const inner = (part: unknown, name: string) =>
      read(part, { ...place, path: `${path}/${name}`, depth: place.depth + 1 });
    const of = types.map((type): Held => {
      if (type === 'object') return readObject(schema, path, inner);
      if (type === 'array') return readList(schema, path, inner);
      if (type === 'string') return readText(schema, path);
      if (type === 'number' || type === 'integer')
        return {
          kind: 'number',
          whole: type === 'integer',
          range: rangeOf(schema, type === 'integer', path),
        };
      return { kind: type === 'boolean' ? 'boolean' : 'null' };
    });
    const [only, ...others] = of;
    if (only === undefined) return { kind: 'any' };
    return others.length === 0 ? only : { kind: 'choice', of };
  }

  function reference($ref: unknown, place: Place): Held {
    const { path, value, scope } = definition($ref, place);
    const known = names.get(path);
    if (known !== undefined) return { kind: 'ref', rule: known };
    const rule = `def${names.size}`;
    names.set(path, rule);
    rules.set(rule, read(value, { path, scope, depth: 0 }));
    return { kind: 'ref', rule };
  }

  /** What a part says, that may only refer to it. */
  function resolved(value: unknown, place: Place): Fields {
    const part = demands(asFields(value, place.path));
    if (!('$ref' in part)) return part;
    const { $ref, ...own } = part;
    return merged(own, resolved(definition($ref, place).value, deeper(place)), place.path);
  }

  return { root: read(schema, { path: '#', depth: 0, scope: null }), rules };
}

/** Without what only describes. */
function demands(schema: Fields): Fields {
  // All names are text: libraries write that, too.
  const isPlain = (word: string, what: unknown) =>
    word === 'propertyNames' && JSON.stringify(what) === '{"type":"string"}';
  return Object.fromEntries(
    Object.entries(schema).filter(([word, what]) => !DESCRIBES.has(word) && !isPlain(word, what)),
  );
}

function deeper(place: Place): Place {
  if (place.depth >= LIMITS.depth) throw refused(place.path, 'refers to itself, and says nothing');
  return { ...place, depth: place.depth + 1 };
}

function scopeOf(schema: Fields, { scope, path }: Place): Scope | null {
  const defs = { ...fieldsOf(schema, 'definitions', path), ...fieldsOf(schema, '$defs', path) };
  return Object.keys(defs).length === 0 ? scope : { path, defs, outer: scope };
}

function definition($ref: unknown, { path, scope }: Place) {
  const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(String($ref))?.[1];
  for (let one = scope; name !== undefined && one !== null; one = one.outer)
    if (Object.hasOwn(one.defs, name))
      return { value: one.defs[name], scope: one, path: `${one.path}/$defs/${name}` };
  throw refused(path, `refers to ${JSON.stringify($ref)}, which is not in "$defs"`);
}

/** None: any. */
function typesOf(schema: Fields, path: string): string[] {
  if (schema.type === undefined)
    return ['object', 'array', 'string', 'number'].filter((type) =>
      WORDS.get(type)?.some((word) => word in schema),
    );
  const types = [schema.type].flat();
  const known = [...WORDS.keys()].filter((type) => types.includes(type));
  if (known.length === 0 || known.length < new Set(types).size)
    throw refused(path, `has a "type" that is none: ${JSON.stringify(schema.type)}`);
  return known.includes('number') ? known.filter((type) => type !== 'integer') : known;
}

function readLiterals(schema: Fields, types: readonly string[], path: string): Held {
  const { type: _type, const: only, enum: _enum, ...others } = schema;
  const [other] = Object.keys(others);
  if (other !== undefined) throw refusedWord(path, other);
  const values = 'enum' in schema ? listOf(schema, 'enum', path) : [only];
  const left = values
    .filter((value) => types.length === 0 || types.some((type) => isOfType(value, type)))
    .map((value) => JSON.stringify(value))
    .filter((text) => !('const' in schema) || text === JSON.stringify(only));
  if (left.length === 0) throw refused(path, 'has no value that it allows itself');
  return { kind: 'choice', of: left.map((text) => ({ kind: 'literal', text })) };
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

type Inner = (part: unknown, name: string) => Held;

function readObject(schema: Fields, path: string, inner: Inner): Held {
  const properties = Object.entries(fieldsOf(schema, 'properties', path));
  const known = new Set<unknown>(properties.map(([name]) => name));
  const required = new Set(listOf(schema, 'required', path, 0));
  const unknown = [...required].find((name) => !known.has(name));
  if (unknown !== undefined)
    throw refused(path, `requires ${JSON.stringify(unknown)}, which is not in "properties"`);
  const { additionalProperties: more } = schema;
  // Where some are named, no others are written: they are allowed, never needed.
  if (known.size === 0 && more !== false)
    return {
      kind: 'map',
      values: more === undefined ? { kind: 'any' } : inner(more, 'additionalProperties'),
    };
  return {
    kind: 'object',
    properties: properties.map(([name, part]) => ({
      name,
      held: inner(part, `properties/${name}`),
      required: required.has(name),
    })),
  };
}

function readList(schema: Fields, path: string, inner: Inner): Held {
  const least = countOf(schema, 'minItems', path) ?? 0;
  const first = listOf(schema, 'prefixItems', path, 0);
  const isClosed = schema.items === false;
  const said = countOf(schema, 'maxItems', path);
  const most = isClosed ? Math.min(said ?? first.length, first.length) : said;
  if (most !== null && least > most) throw refused(path, 'has a "minItems" above what it allows');
  return {
    kind: 'list',
    first: first.slice(0, most ?? first.length).map((part, index) => inner(part, `prefixItems/${index}`)),
    items: schema.items === undefined || isClosed ? { kind: 'any' } : inner(schema.items, 'items'),
    least,
    most,
  };
}

function readText(schema: Fields, path: string): Held {
  const { pattern, format } = schema;
  const least = countOf(schema, 'minLength', path);
  const most = countOf(schema, 'maxLength', path);
  const shape = ['pattern', 'format'].find((word) => schema[word] !== undefined);
  if (shape === undefined) {
    if (most !== null && (least ?? 0) > most) throw refused(path, 'has a "minLength" above its "maxLength"');
    return { kind: 'text', least: least ?? 0, most };
  }
  if (least !== null || most !== null)
    throw refused(path, `has a length beside its "${shape}", and can be held to one of them`);
  // Beside a pattern, a format only describes.
  if (shape === 'pattern') return { kind: 'shaped text', grammar: patternGrammar(String(pattern), path) };
  const grammar = textFormats.get(String(format));
  if (grammar === undefined)
    throw refused(
      path,
      `has "format" ${JSON.stringify(format)}; it may be ${[...textFormats.keys()].join(', ')}`,
    );
  return { kind: 'shaped text', grammar };
}
