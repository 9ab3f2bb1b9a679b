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
  /** @throws RequestError when the template refuses these messages, in its words. */
  render(messages: readonly ChatMessage[]): ChatPart[];
}

/** @param specials how the vocabulary spells the tokens that templates may name. */
export function createChatTemplate(
  source: string,
  specials: { readonly bos: string | null; readonly eos: string | null },
): ChatTemplate {
  let template: Template | null = null;
  return {
    render(messages) {
      try {
        const rendered = within(RENDER_LIMIT, 'The chat template of this model', () => {
          template ??= new Template(source);
          return template.render({
            messages: messages.map(({ role, content }) => ({ role, content: marked(content) })),
            add_generation_prompt: true,
            bos_token: specials.bos ?? '',
            eos_token: specials.eos ?? '',
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
