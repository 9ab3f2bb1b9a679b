/** The protocol's schemas as JSON Schema: each named one by itself, with references to the others. */
import * as z from 'zod';
import * as protocol from '#protocol';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Every schema that `protocol/` exports, by its export's name. */
export function exportedSchemas(): Map<string, z.ZodType> {
  return new Map(
    Object.entries(protocol).flatMap(([name, value]) =>
      value instanceof z.ZodType ? [[name, value] as const] : [],
    ),
  );
}

export interface Schemas {
  /** By title. */
  readonly named: ReadonlyMap<string, JsonSchema>;
  /** One that has no name of its own: the parameters and results of messages. */
  of(schema: z.ZodType): JsonSchema;
}

export function describeSchemas(): Schemas {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of exportedSchemas()) {
    const title = schema.meta()?.title;
    if (title === undefined) throw new Error(`${name} has no title.`);
    registry.add(schema, { id: title });
  }
  const nameless = new Map<z.ZodType, string>();
  for (const { params, ...message } of [...protocol.editorMessages, ...protocol.meshMessages]) {
    for (const schema of 'result' in message ? [params, message.result] : [params]) {
      if (registry.has(schema)) continue;
      const id = `nameless ${nameless.size}`;
      nameless.set(schema, id);
      registry.add(schema, { id });
    }
  }
  // "input": what a sender may leave out is optional, with its default.
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#${id}` });
  const find = (id: string): JsonSchema => {
    const found = schemas[id];
    if (found === undefined) throw new Error(`There is no schema "${id}".`);
    return found;
  };
  const ids = [...exportedSchemas().values()].flatMap((schema) => registry.get(schema)?.id ?? []);
  return {
    named: new Map(ids.map((id) => [id, find(id)])),
    of: (schema) => find(nameless.get(schema) ?? registry.get(schema)?.id ?? ''),
  };
}

/** The name in a reference to another schema; null when this is none. */
export function referenced({ $ref }: JsonSchema): string | null {
  return $ref?.replace(/^#/, '') ?? null;
}

/** Names of all schemas that this one refers to, in the order in which they stand there. */
export function references(schema: unknown): string[] {
  const found = JSON.stringify(schema).matchAll(/"\$ref":"#([^"]+)"/g);
  return [...new Set([...found].flatMap(([, name]) => name ?? []))];
}
