/** A conversation as VS Code has it → as the host has it: text, and nothing else. Pure. */
import { t } from '@vscode/l10n';
import * as z from 'zod';
import { type ChatMessage, type ChatOptions, chatOptionsSchema } from '#protocol';
import type { AnswerOptions, SpokenMessage } from './vscode-api';

/** `LanguageModelChatMessageRole`; system messages are not in the API yet, but VS Code's own chat sends them. */
const roles: Readonly<Record<number, ChatMessage['role']>> = { 1: 'user', 2: 'assistant', 3: 'system' };
/** `LanguageModelChatToolMode.Required` */
const mustCallTool = 2;

const textPart = z.object({ value: z.string() });
const dataPart = z.object({ mimeType: z.string(), data: z.instanceof(Uint8Array) });
const toolPart = z.object({ callId: z.string() });

type Read = { readonly text: string } | { readonly refused: string };
const nothing = { text: '' };

/** @throws in words, where it holds what models of ours cannot read. */
export function conversationOf(spoken: readonly SpokenMessage[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const { role: number, content } of spoken) {
    const role = roles[number] ?? 'user';
    const text = content.map(mustRead).join('');
    if (text.trim() === '') continue;
    const last = messages.at(-1);
    // Many templates want question and answer in turn; VS Code puts what it knows and what was asked into several messages.
    if (last?.role === role) messages[messages.length - 1] = { role, content: `${last.content}\n\n${text}` };
    else messages.push({ role, content: text });
  }
  if (messages.length === 0) throw new Error(t('There is no text in this conversation.'));
  return messages;
}

/** For counting: what cannot be read counts nothing. */
export function textOf(spoken: string | SpokenMessage): string {
  if (typeof spoken === 'string') return spoken;
  return spoken.content
    .map(read)
    .map((part) => ('text' in part ? part.text : ''))
    .join('');
}

/** @throws in words, where they cannot be had. */
export function optionsOf({ modelOptions, tools = [], toolMode }: AnswerOptions): ChatOptions {
  if (tools.length > 0 && toolMode === mustCallTool)
    throw new Error(t('Models of VRAMesh call no tools. Choose another model for this.'));
  const checked = chatOptionsSchema.safeParse(modelOptions ?? {});
  if (checked.success) return checked.data;
  throw new Error(t('The options of this request are wrong: {0}', z.prettifyError(checked.error)));
}

function mustRead(part: unknown): string {
  const found = read(part);
  if ('text' in found) return found.text;
  throw new Error(t('Models of VRAMesh read text only, and this conversation holds {0}.', found.refused));
}

function read(part: unknown): Read {
  // What a model has thought aloud is nobody's text.
  if (typeof part === 'object' && part !== null && 'metadata' in part) return nothing;
  const text = textPart.safeParse(part);
  if (text.success) return { text: text.data.value };
  const data = dataPart.safeParse(part);
  if (data.success) return readData(data.data);
  const isTool = toolPart.safeParse(part).success;
  return { refused: isTool ? t('tool calls') : t('something that is no text') };
}

function readData({ mimeType, data }: z.infer<typeof dataPart>): Read {
  // VS Code's chat puts marks for its own models between the parts; they have no real type.
  if (!mimeType.includes('/')) return nothing;
  if (/^text\/|[/+]json$/.test(mimeType)) return { text: new TextDecoder().decode(data) };
  return { refused: mimeType };
}
