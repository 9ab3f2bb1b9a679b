/**
 * A conversation as the model was trained to read it, by the chat template in its file. What the template writes may be
 * special tokens; what the messages say stays text, so nobody speaks in another's name.
 */
import { Template } from '@huggingface/jinja';
import type { ChatMessage } from '#protocol';
import { RequestError } from './request-error';
import { within } from './time-limit';

/** ms; the template is a program that somebody else wrote */
const RENDER_LIMIT = 1000;
/** Around what messages say, while the template is at work. Unicode has no characters there, for uses like this. */
const BEGIN = '\uFDD0';
const END = '\uFDD1';
const MARKS = /[\uFDD0\uFDD1]/g;

export interface ChatPart {
  readonly text: string;
  /** written by the template: special tokens in it are special */
  readonly special: boolean;
}

export interface ChatTemplate {
  /**
   * @param tools a list of functions in OpenAI's form, as JSON; null: none
   * @throws RequestError when the template refuses these messages, in its words.
   */
  render(messages: readonly ChatMessage[], tools: string | null): ChatPart[];
}

export interface Vocabulary {
  /** How the tokens are spelled that templates may name. */
  readonly bos: string | null;
  readonly eos: string | null;
  /** Whether special tokens would be read in this text. */
  isSpecial(text: string): boolean;
}

export function createChatTemplate(source: string, vocabulary: Vocabulary): ChatTemplate {
  let template: Template | null = null;
  return {
    render(messages, tools) {
      try {
        const rendered = within(RENDER_LIMIT, 'The chat template of this model', () => {
          template ??= new Template(source);
          return template.render({
            messages: messages.map((message) => forTemplate(message, vocabulary)),
            // Templates ask whether there is one.
            ...(tools !== null && { tools: data(tools, vocabulary) }),
            add_generation_prompt: true,
            bos_token: vocabulary.bos ?? '',
            eos_token: vocabulary.eos ?? '',
          });
        });
        return chatPartsOf(rendered);
      } catch (error) {
        if (error instanceof RequestError) throw error;
        const why = error instanceof Error ? error.message : String(error);
        throw new RequestError(`The chat template of this model refused the messages: ${why.slice(0, 500)}`);
      }
    },
  };
}

function forTemplate(
  { role, content, tool_calls: calls, tool_call_id: answered }: ChatMessage,
  vocabulary: Vocabulary,
) {
  return {
    role,
    content: marked(content),
    ...(calls && {
      tool_calls: calls.map(({ id, name, arguments: json }) => ({
        id,
        type: 'function',
        function: { name, arguments: data(json, vocabulary) },
      })),
    }),
    ...(answered !== undefined && { tool_call_id: answered }),
  };
}

/** Values from JSON. Templates compare its words: only texts in which special tokens hide are marked. */
function data(json: string, { isSpecial }: Vocabulary): unknown {
  const safe = (text: string) => {
    const clean = text.replace(MARKS, '');
    return isSpecial(clean) ? marked(clean) : clean;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return safe(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [safe(name), walk(part)]));
  };
  return walk(JSON.parse(json));
}

/** Templates trim: space at the ends stays outside, where they find it. */
function marked(content: string): string {
  const clean = content.replace(MARKS, '');
  const core = clean.trim();
  if (core === '') return clean;
  const start = clean.indexOf(core);
  return `${clean.slice(0, start)}${BEGIN}${core}${END}${clean.slice(start + core.length)}`;
}

function chatPartsOf(rendered: string): ChatPart[] {
  const parts = rendered.split(BEGIN).flatMap((piece, index): ChatPart[] => {
    if (index === 0) return [{ text: piece, special: true }];
    // Where a template has cut a message, all until the next one counts as said.
    const [said = '', ...written] = piece.split(END);
    return [
      { text: said, special: false },
      { text: written.join(''), special: true },
    ];
  });
  return parts.filter(({ text }) => text !== '');
}
