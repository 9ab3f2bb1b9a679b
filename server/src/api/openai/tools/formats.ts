/** How the models of each format write calls, and what their text is held to where they must. Pure. */
import type { ToolFormat } from '#protocol';
import { type CallReader, markedCallReader, type ReadCalls, wholeCallReader } from './call-reader';

type JsonSchema = Readonly<Record<string, unknown>>;

export interface WritingOfCalls {
  /** Special tokens that calls are written with. */
  readonly marks: readonly string[];
  reader(read: ReadCalls): CallReader;
  /** What a call begins with: it is put before the text of a model that must call. */
  readonly opening: string;
  /** What the text behind that is held to. @param calls the schema of each call that is possible */
  heldTo(calls: readonly JsonSchema[], several: boolean): JsonSchema;
  /** What a call says its arguments are. */
  readonly argumentsName: 'arguments' | 'parameters';
}

export const writings: Readonly<Record<ToolFormat, WritingOfCalls>> = {
  hermes: {
    marks: ['<tool_call>', '</tool_call>'],
    reader: (read) => markedCallReader('<tool_call>', '</tool_call>', read),
    opening: '<tool_call>\n',
    heldTo: (calls) => ({ anyOf: calls }),
    argumentsName: 'arguments',
  },
  llama: {
    marks: ['<|python_tag|>'],
    reader: (read) => wholeCallReader('<|python_tag|>', read),
    opening: '',
    heldTo: (calls) => ({ anyOf: calls }),
    argumentsName: 'parameters',
  },
  mistral: {
    marks: ['[TOOL_CALLS]'],
    reader: (read) => markedCallReader('[TOOL_CALLS]', null, read),
    opening: '[TOOL_CALLS]',
    heldTo: (calls, several) => ({
      type: 'array',
      items: { anyOf: calls },
      minItems: 1,
      ...(!several && { maxItems: 1 }),
    }),
    argumentsName: 'arguments',
  },
};
