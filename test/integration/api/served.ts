/** A host with the embedded model and a chat model of random weights, as programs meet it over HTTP. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import OpenAI from 'openai';
import { freshHome, type HostUnderTest, startHost } from '../../support/host';
import { type ModelShape, writeRandomModel } from '../../support/random-model';
import { until } from '../../support/until';

export const embedded = 'vramesh-tiny';
export const chatty = 'chatty';
/** The model answers this with `infilled`. */
export const place = { input_prefix: 'for (let i = 0; i < arr.', input_suffix: '\n  sum += arr[i];\n}\n' };
export const infilled = 'length; i++) {';

/** In the special tokens that the embedded vocabulary has. */
const chatTemplate =
  "{% for message in messages %}{% if message.role == 'assistant' and loop.first %}" +
  "{{ raise_exception('An assistant does not begin.') }}{% endif %}" +
  '<|file_sep|>{{ message.role }}\n{{ message.content | trim }}<|endoftext|>{% endfor %}' +
  '{% if add_generation_prompt %}<|file_sep|>assistant\n{% endif %}';

export interface Served {
  readonly host: HostUnderTest;
  readonly address: string;
  readonly openai: OpenAI;
  post(route: string, body: unknown, init?: RequestInit): Promise<Response>;
  /** Requests that engines are working on. */
  requests(): Promise<number>;
  /** Resolves when the engines have nothing to do. */
  calm(): Promise<void>;
}

/** One layer: it is there at once. */
export const smallModel = {
  embedding: 64,
  feedForward: 128,
  layers: 1,
  heads: 2,
  context: 1024,
} satisfies ModelShape;

/** @param more models by name */
export async function serve(
  args: readonly string[] = [],
  more: Readonly<Record<string, ModelShape>> = {},
): Promise<Served> {
  const home = freshHome();
  const models = path.join(home, 'models');
  mkdirSync(models, { recursive: true });
  for (const [name, shape] of Object.entries({ [chatty]: { ...smallModel, chatTemplate }, ...more }))
    writeRandomModel(path.join(models, `${name}.gguf`), shape);
  const host = await startHost({ home, args: ['--no-discovery', ...args] });
  const address = `http://${host.ready.http}`;
  const requests = async () => (await host.state()).topology.nodes[0]?.requests ?? Number.NaN;
  await until('a ready model', async () =>
    (await host.state()).instances.some(({ state }) => state === 'ready'),
  );
  return {
    host,
    address,
    openai: new OpenAI({ baseURL: `${address}/v1`, apiKey: 'none', maxRetries: 0 }),
    post: (route, body, init) =>
      fetch(address + route, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      }),
    requests,
    calm: async () => {
      await until('nothing is being written', async () => (await requests()) === 0);
    },
  };
}

/** Places the chat model; resolves when it answers. */
export function placeChatty(served: Served): Promise<void> {
  return placeChat(served, chatty);
}

export async function placeChat({ host, post }: Served, name: string): Promise<void> {
  await post('/place_instance', { model_id: name, role: 'chat', context_size: 1024 });
  await until(`${name} is ready`, async () =>
    (await host.state()).instances.some(({ model, state }) => model.name === name && state === 'ready'),
  );
}
