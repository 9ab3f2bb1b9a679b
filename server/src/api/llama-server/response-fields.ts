/** The fields of an answer that were asked for: those of an inner object by "object/field", and named so. Pure. */
import type { InfillAnswer } from '#protocol';

export function selected(answer: InfillAnswer, fields: readonly string[] | null | undefined): InfillAnswer {
  if (fields === null || fields === undefined) return answer;
  const found = fields.flatMap((field): [string, unknown][] => {
    const value = field.split('/').reduce<unknown>(inner, answer);
    return value === undefined ? [] : [[field, value]];
  });
  return Object.fromEntries(found);
}

function inner(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null) return undefined;
  return new Map(Object.entries(object)).get(name);
}
