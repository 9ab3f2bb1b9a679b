/** A host with the embedded model and a chat model of random weights, as programs meet it over HTTP. */
import path from 'node:path';
import OpenAI from 'openai';
import { addChatModel, chatty, smallModel } from '../../support/chat-model';
import { freshHome, type HostUnderTest, startHost } from '../../support/host';
import { type ModelShape, writeRandomModel } from '../../support/random-model';
import { until } from '../../support/until';

export { chatty, smallModel };
export const embedded = 'vramesh-tiny';
/** The model answers this with `infilled`. */
export const place = { input_prefix: 'for (let i = 0; i < arr.', input_suffix: '\n  sum += arr[i];\n}\n' };
export const infilled = 'length; i++) {';

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

/** @param more models by name */
export async function serve(
  args: readonly string[] = [],
  more: Readonly<Record<string, ModelShape>> = {},
): Promise<Served> {
  const home = freshHome();
  addChatModel(home);
  for (const [name, shape] of Object.entries(more))
    writeRandomModel(path.join(home, 'models', `${name}.gguf`), shape);
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
