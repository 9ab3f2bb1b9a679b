/** A small model of random weights that chats: what it says means nothing, and is the same each time. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type ModelShape, writeRandomModel } from './random-model';

export const chatty = 'chatty';

/** In the special tokens that the embedded vocabulary has. */
const chatTemplate =
  "{% for message in messages %}{% if message.role == 'assistant' and loop.first %}" +
  "{{ raise_exception('An assistant does not begin.') }}{% endif %}" +
  '<|file_sep|>{{ message.role }}\n{{ message.content | trim }}<|endoftext|>{% endfor %}' +
  '{% if add_generation_prompt %}<|file_sep|>assistant\n{% endif %}';

/** One layer: it is there at once. */
export const smallModel = {
  embedding: 64,
  feedForward: 128,
  layers: 1,
  heads: 2,
  context: 1024,
} satisfies ModelShape;

/** Puts it among the models of a home. */
export function addChatModel(home: string, changes: Partial<ModelShape> = {}): void {
  const models = path.join(home, 'models');
  mkdirSync(models, { recursive: true });
  writeRandomModel(path.join(models, `${chatty}.gguf`), {
    ...smallModel,
    chatTemplate,
    ...changes,
  });
}
