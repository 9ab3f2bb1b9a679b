/** What a model wrote of a call, as what it calls: JSON objects with a name and arguments, alone or in a list. Pure. */
import { z } from 'zod';

export interface Call {
  readonly name: string;
  /** A JSON object, as JSON. */
  readonly arguments: string;
}

const fields = z.record(z.string(), z.unknown());
/** Some models write the arguments as text in which the JSON is. */
const writtenFields = z.union([fields, z.string().transform(parsed).pipe(fields)]);
const written = z.union([
  z.object({ name: z.string(), arguments: writtenFields }),
  z.object({ name: z.string(), parameters: writtenFields }).transform(({ name, parameters }) => ({
    name,
    arguments: parameters,
  })),
]);
const writtenCalls = z.union([z.array(written).min(1), written.transform((call) => [call])]);

/** null: it is no call, or of a function that nobody has. */
export function callsIn(text: string, names: ReadonlySet<string>): Call[] | null {
  const calls = writtenCalls.safeParse(parsed(text));
  if (!calls.success || calls.data.some(({ name }) => !names.has(name))) return null;
  return calls.data.map(({ name, arguments: given }) => ({ name, arguments: JSON.stringify(given) }));
}

/** undefined: it is no JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
