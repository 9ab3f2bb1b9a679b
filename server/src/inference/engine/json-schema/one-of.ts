/** Whether no value could be two of some alternatives: what tells them apart must show. Pure. */
import type { Fields } from './fields';

export function areApart(alternatives: readonly Fields[]): boolean {
  return alternatives.every((one, index) =>
    alternatives.slice(index + 1).every((other) => differ(one, other)),
  );
}

function differ(one: Fields, other: Fields): boolean {
  return (
    haveNothingInCommon(typesOf(one), typesOf(other)) ||
    differByValue(one, other) ||
    differByProperty(one, other)
  );
}

function differByValue(one: Fields, other: Fields): boolean {
  return haveNothingInCommon(valuesOf(one), valuesOf(other));
}

/** By a property that both must have: the kind of a thing, mostly. */
function differByProperty(one: Fields, other: Fields): boolean {
  if (one.type !== 'object' || other.type !== 'object') return false;
  const [ones, others] = [requiredOf(one), requiredOf(other)];
  return [...ones].some(([name, schema]) => {
    const same = others.get(name);
    return same !== undefined && differByValue(schema, same);
  });
}

function requiredOf({ properties, required }: Fields): Map<string, Fields> {
  const names = Array.isArray(required) ? required : [];
  const known = Object.entries(isFields(properties) ? properties : {});
  return new Map(
    known.flatMap(([name, schema]) => (isFields(schema) && names.includes(name) ? [[name, schema]] : [])),
  );
}

/** null: any */
function typesOf(schema: Fields): Set<unknown> | null {
  if (schema.type !== undefined)
    return new Set([schema.type].flat().map((type) => (type === 'integer' ? 'number' : type)));
  const values = literals(schema);
  return values && new Set(values.map(typeName));
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function valuesOf(schema: Fields): Set<unknown> | null {
  const values = literals(schema);
  return values && new Set(values.map((value) => JSON.stringify(value)));
}

function literals(schema: Fields): unknown[] | null {
  if ('const' in schema) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : null;
}

function haveNothingInCommon(ones: Set<unknown> | null, others: Set<unknown> | null): boolean {
  return ones !== null && others !== null && [...ones].every((value) => !others.has(value));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
