/** The fields of an object as the rows of a table: name, type, meaning. */
import { code, either, linkTo, paragraphs, table } from './markdown';
import { type JsonSchema, referenced } from './schemas';

/** What the end of a field's name says about its unit. */
const units: readonly (readonly [ending: string, unit: string])[] = [
  ['_watts', 'W'],
  ['_mhz', 'MHz'],
  ['_mb', 'MiB'],
  ['_bits', 'bits'],
  ['_bytes', 'bytes'],
  ['_ms', 'ms'],
  ['_percent', '%'],
  ['_celsius', '°C'],
  ['_tokens', 'tokens'],
];

export function fieldTable(schema: JsonSchema): string {
  const rows = fieldRows(schema, '');
  return rows.length === 0 ? '' : table(['field', 'type', 'meaning'], rows);
}

/** What stands under the heading of a named schema. */
export function body(schema: JsonSchema): string {
  const { description = '', oneOf } = schema;
  if (oneOf) return paragraphs(description, ...oneOf.map(variant));
  const fields = fieldTable(schema);
  return paragraphs(description, fields === '' ? `${typeOf(schema)}.` : fields);
}

/** One of several shapes, named by its discriminator: the first field, a constant. */
function variant(schema: JsonSchema): string {
  const [[key, first] = ['', false], ...others] = Object.entries(schema.properties ?? {});
  const discriminator: JsonSchema = typeof first === 'object' ? first : {};
  const meaning = schema.description ?? discriminator.description ?? '';
  const heading = `**${code(`${key}: ${JSON.stringify(discriminator.const)}`)}**`;
  const fields = fieldTable({ ...schema, properties: Object.fromEntries(others) });
  return paragraphs(meaning === '' ? heading : `${heading}: ${meaning}`, fields);
}

/** Objects without a name of their own are unfolded: `topology.connections[].from`. */
function fieldRows(schema: JsonSchema, path: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (typeof field === 'boolean') return [];
    const whole = path + name;
    const meaning = meaningOf(name, field, schema.required?.includes(name) ?? false);
    const inner = unfolded(field);
    const own = [code(whole), typeOf(field), meaning];
    if (inner === null) return [own];
    const rows = fieldRows(inner, `${whole}${field.type === 'array' ? '[]' : ''}.`);
    return field.description ? [own, ...rows] : rows;
  });
}

/** The nameless object that a field is, or is a list of. */
function unfolded(field: JsonSchema): JsonSchema | null {
  const item = itemOf(field) ?? field;
  return item.properties ? item : null;
}

function itemOf({ items }: JsonSchema): JsonSchema | null {
  return typeof items === 'object' && !Array.isArray(items) ? items : null;
}

function meaningOf(name: string, { description, default: byDefault }: JsonSchema, required: boolean): string {
  const unit = units.find(([ending]) => name.endsWith(ending))?.[1];
  const parts = [description ?? unit ?? ''];
  if (byDefault !== undefined) parts.push(`default: ${code(JSON.stringify(byDefault))}`);
  else if (!required) parts.push('may be left out');
  return parts.filter((part) => part !== '').join('; ');
}

export function typeOf(schema: JsonSchema): string {
  const name = referenced(schema);
  if (name !== null) return linkTo(name);
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return either(schema.enum.map((value) => code(JSON.stringify(value))));
  if (schema.anyOf) return either(schema.anyOf.map(typeOf));
  if (Array.isArray(schema.type)) return either(schema.type.map((type) => typeOf({ ...schema, type })));
  switch (schema.type) {
    case 'null':
      return '`null`';
    case 'array': {
      const item = itemOf(schema);
      return item === null ? 'list' : `list of ${plural(typeOf(item))}`;
    }
    case 'integer':
    case 'number':
      return `${schema.type}${range(schema)}`;
    case 'string':
      return schema.maxLength === undefined
        ? 'string'
        : `string of ${schema.minLength ?? 0} to ${schema.maxLength} characters`;
    case undefined:
      throw new Error(`A schema has no words here yet: ${JSON.stringify(schema)}`);
    default:
      return schema.type;
  }
}

/** "strings", but "list of Node". */
function plural(type: string): string {
  return /^[a-z]+$/.test(type) ? `${type}s` : type;
}

function range({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const highest = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum === 0) return ' above 0';
  if (minimum === undefined || minimum === Number.MIN_SAFE_INTEGER) return '';
  return highest === undefined ? ` from ${minimum}` : ` from ${minimum} to ${highest}`;
}
