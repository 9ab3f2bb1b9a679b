/** The messages of a request, as the engine hands them to a chat template. */
import type { ChatMessage, ChatRequestMessage, Instance } from '#protocol';
import { HttpError } from '../errors';

/** @throws HttpError for what this model cannot be told. */
export function chatMessages(
  messages: readonly ChatRequestMessage[],
  { model, tool_format: format }: Instance,
): ChatMessage[] {
  return messages.map((message, index) => {
    const { role } = message;
    const content = textOf(message.content);
    if (role === 'developer') return { role: 'system', content };
    if (role === 'system' || role === 'user') return { role, content };
    const calls = role === 'assistant' ? (message.tool_calls ?? []) : [];
    if (format === null && (role === 'tool' || calls.length > 0))
      throw refused(`messages/${index} is about a tool, and the chat template of ${model.name} has none.`);
    if (role === 'tool') return { role, content, tool_call_id: message.tool_call_id };
    if (calls.length === 0) return { role, content };
    const tool_calls = calls.map(({ id, function: { name, arguments: json } }) => {
      if (isObject(json)) return { id, name, arguments: json };
      throw refused(`messages/${index} has a call whose arguments are no JSON object.`);
    });
    return { role, content, tool_calls };
  });
}

function textOf(content: ChatRequestMessage['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text).join('');
}

function isObject(json: string): boolean {
  try {
    return /^\s*\{/.test(json) && JSON.parse(json) !== null;
  } catch {
    return false;
  }
}

function refused(message: string): HttpError {
  return new HttpError(400, message, { code: 'invalid_request' });
}
