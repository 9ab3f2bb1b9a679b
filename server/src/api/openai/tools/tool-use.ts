/** What a request says of tools: what the model is told, what its text is held to, and how its calls are read. */
import { type ChatRequestBody, type Instance, longest, type Tool } from '#protocol';
import { HttpError } from '../../errors';
import { type CallReader, wholeCallReader } from './call-reader';
import { callsIn } from './calls';
import { writings } from './formats';

export interface ToolUse {
  /** For the chat template. */
  readonly tools: string;
  readonly marks: readonly string[];
  /** The text must be a call; null: the model decides. */
  readonly forced: { readonly opening: string; readonly schema: string } | null;
  /** Whether there may be more than one call. */
  readonly several: boolean;
  /** For one text. */
  reader(): CallReader;
}

/** null: the model is to call nothing. @throws HttpError for what cannot be had. */
export function toolUseOf(body: ChatRequestBody, instance: Instance): ToolUse | null {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel } = body;
  const named = typeof choice === 'object' && choice !== null ? choice.function.name : null;
  const isForced = named !== null || choice === 'required';
  if (!tools || tools.length === 0) {
    if (isForced) throw refused('tool_choice asks for a call, and there are no tools.');
    return null;
  }
  if (choice === 'none') return null;
  const writing = instance.tool_format && writings[instance.tool_format];
  if (!writing)
    throw refused(
      `The chat template of ${instance.model.name} has no tools, or calls them in a way that is not read here. ` +
        'Leave tools out, or choose another model.',
    );
  if (body.response_format && body.response_format.type !== 'text')
    throw refused('tools and a response_format cannot be had together.');
  const possible = named === null ? tools : tools.filter(({ function: { name } }) => name === named);
  if (possible.length === 0) throw refused(`tool_choice names ${named}, which is not in tools.`);

  const several = parallel !== false;
  const names = new Set(tools.map(({ function: { name } }) => name));
  const read = (text: string) => callsIn(text, names);
  const calls = possible.map((tool) => schemaOf(tool, writing.argumentsName));
  const told = JSON.stringify(tools.map(forTemplate));
  if (told.length > longest.tools) throw refused(`tools are longer than ${longest.tools} characters.`);
  return {
    tools: told,
    marks: writing.marks,
    forced: isForced
      ? { opening: writing.opening, schema: JSON.stringify(writing.heldTo(calls, several && named === null)) }
      : null,
    several,
    reader: () => (isForced ? wholeCallReader(null, read) : writing.reader(read)),
  };
}

function schemaOf({ function: { name, parameters } }: Tool, argumentsName: string) {
  return {
    type: 'object',
    properties: { name: { const: name }, [argumentsName]: parameters ?? noParameters },
    required: ['name', argumentsName],
    additionalProperties: false,
  };
}

function forTemplate({ type, function: { name, description, parameters } }: Tool) {
  return { type, function: { name, description: description ?? '', parameters: parameters ?? noParameters } };
}

const noParameters = { type: 'object', properties: {}, additionalProperties: false };

function refused(message: string): HttpError {
  return new HttpError(400, message, { code: 'unsupported_parameter' });
}
