/** A text on its way, told apart into what is said and what is called. */
import { randomUUID } from 'node:crypto';
import type { FunctionCall } from '#protocol';
import type { Piece, Writing } from '../../generating';
import type { Source } from '../answer';
import type { Call } from './calls';
import type { ToolUse } from './tool-use';

export interface Said extends Piece {
  readonly calls: readonly FunctionCall[];
}

export function said(writing: Writing, use: ToolUse | null): Source<Said> {
  return { [Symbol.asyncIterator]: () => told(writing, use), result: () => writing.result() };
}

async function* told(writing: Writing, use: ToolUse | null): AsyncGenerator<Said> {
  if (use === null) {
    for await (const piece of writing) yield { ...piece, calls: [] };
    return;
  }
  const reader = use.reader();
  let logprobs: Piece['logprobs'] = [];
  for await (const piece of writing) {
    logprobs = [...logprobs, ...piece.logprobs];
    const { text, calls } = reader.push(piece.text);
    if (text === '' && calls.length === 0) continue;
    yield { text, logprobs, calls: numbered(calls, use) };
    logprobs = [];
    if (calls.length > 0 && !use.several) return;
  }
  const { text, calls } = reader.end();
  if (text !== '' || calls.length > 0) yield { text, logprobs, calls: numbered(calls, use) };
}

function numbered(calls: readonly Call[], { several }: ToolUse): FunctionCall[] {
  return calls
    .slice(0, several ? calls.length : 1)
    .map((call) => ({ id: newId(), type: 'function', function: call }));
}

/** Nine letters or digits: the templates of some models take no other. */
function newId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 9);
}
