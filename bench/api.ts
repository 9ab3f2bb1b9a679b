/** What the HTTP API adds to node-llama-cpp called directly: one text, eight side by side, and a thousand rude clients. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Instance, instanceSchema } from '#protocol';
import { findNativeLibrary, nativeEnvironment } from '../server/src/inference/native-library';
import { type HostUnderTest, startHost } from '../test/support/host';
import { writeRandomModel } from '../test/support/random-model';
import { until } from '../test/support/until';
import { below, info, median, type Row, rounded } from './row';

/** 87 million parameters, as in the measures of completions. */
const shape = { embedding: 768, feedForward: 2048, layers: 12, heads: 12 };
const streams = 8;
const tokens = 48;
const rounds = 3;
const vanishing = 1000;
/** Some hundred tokens, another beginning each time: nothing of it is in a KV cache. */
const promptOf = (index: number) => `const value${index} = ${'compute(value, other) + '.repeat(20)}`;

interface Way {
  /** Resolves with ms to the first text, and to the end. */
  write(prompt: string, tokens: number): Promise<{ readonly first: number; readonly whole: number }>;
}

export async function api(): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-bench-'));
  const host = await startHost({ args: ['--no-discovery'] });
  try {
    const file = path.join(folder, 'random.gguf');
    writeRandomModel(file, shape);
    const instance = await placed(host, file);
    const direct = await loadDirect(instance);
    const ways = { http: throughHttp(host, instance), direct };
    const rows = await compare(ways);
    await direct.close();
    return [...rows, ...(await vanish(host, instance))];
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true });
  }
}

async function placed(host: HostUnderTest, model: string): Promise<Instance> {
  const wishes = { model_id: model, role: 'chat', context_size: 1024, sequences: streams };
  const answer = await fetch(`http://${host.ready.http}/place_instance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wishes),
  });
  const { instance } = Object(await answer.json());
  const { id } = instanceSchema.parse(instance);
  return until('a placed model', async () =>
    (await host.state()).instances.find((one) => one.id === id && one.state === 'ready'),
  );
}

function throughHttp(host: HostUnderTest, { id: model }: Instance): Way {
  return {
    async write(prompt, max_tokens) {
      const begin = performance.now();
      const response = await fetch(`http://${host.ready.http}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, prompt, max_tokens, temperature: 0, stream: true }),
      });
      let first: number | null = null;
      for await (const _piece of response.body ?? []) first ??= performance.now() - begin;
      return { first: first ?? Number.NaN, whole: performance.now() - begin };
    },
  };
}

async function loadDirect(instance: Instance): Promise<Way & { close(): Promise<void> }> {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const threads = instance.threads ?? 1;
  // With the thread pool of our engines: what is measured is HTTP and the host, not threads.
  const native = findNativeLibrary(path.resolve('dist'));
  if ('path' in native) Object.assign(process.env, nativeEnvironment(native));
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    logLevel: LlamaLogLevel.error,
    maxThreads: threads,
  });
  const model = await llama.loadModel({ modelPath: instance.model.path });
  const context = await model.createContext({
    contextSize: 1024,
    batchSize: instance.batch_size ?? 512,
    sequences: streams,
    threads,
  });
  const free = Array.from({ length: streams }, () => context.getSequence());
  return {
    async write(prompt, maxTokens) {
      const sequence = free.pop();
      if (sequence === undefined) throw new Error('No sequence is free.');
      const begin = performance.now();
      await sequence.clearHistory();
      let first: number | null = null;
      let written = 0;
      for await (const _token of sequence.evaluate(model.tokenize(prompt, true), { temperature: 0 })) {
        first ??= performance.now() - begin;
        if (++written === maxTokens) break;
      }
      free.push(sequence);
      return { first: first ?? Number.NaN, whole: performance.now() - begin };
    },
    close: () => llama.dispose(),
  };
}

async function compare(ways: Readonly<Record<'http' | 'direct', Way>>): Promise<Row[]> {
  const names = ['http', 'direct'] as const;
  const first = { http: [] as number[], direct: [] as number[] };
  const perSecond = { http: [] as number[], direct: [] as number[] };
  let prompts = 0;
  for (let round = -1; round < rounds; round++) {
    // In turns: what disturbs the machine for a while disturbs both. The first round warms up.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const one = await ways[name].write(promptOf(prompts++), 1);
      const begin = performance.now();
      await Promise.all(Array.from({ length: streams }, () => ways[name].write(promptOf(prompts++), tokens)));
      const seconds = (performance.now() - begin) / 1000;
      if (round < 0) continue;
      first[name].push(one.first);
      perSecond[name].push((streams * tokens) / seconds);
    }
  }
  const [httpFirst, directFirst] = [median(first.http), median(first.direct)];
  const [http, direct] = [median(perSecond.http), median(perSecond.direct)];
  return [
    info('first token, HTTP : direct', `${rounded(httpFirst)} : ${rounded(directFirst)} ms`),
    below('time to first token, HTTP over direct × 1.05', httpFirst - directFirst * 1.05, 2, 'ms'),
    info(`${streams} streams, HTTP : direct`, `${rounded(http)} : ${rounded(direct)} tokens/s`),
    below(`time of ${streams} streams, HTTP over direct`, (direct / http - 1) * 100, 5.26, '% more'),
  ];
}

/** Clients that connect, stream and vanish. */
async function vanish(host: HostUnderTest, { id: model }: Instance): Promise<Row[]> {
  const [address = '', port = ''] = host.ready.http?.split(':') ?? [];
  const body = JSON.stringify({ model, prompt: 'x', max_tokens: 200, stream: true });
  const request = `POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const before = memoryOf(host);
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: vanishing }, (_none, index) => {
      const socket = net.connect(Number(port), address).on('error', () => {});
      socket.write(request);
      if (index % 2 === 0) socket.once('connect', () => socket.resetAndDestroy());
      else socket.once('data', () => socket.destroy());
      return new Promise<void>((fulfil) => socket.once('close', () => fulfil()));
    }),
  );
  await until('nothing is written', async () => (await host.state()).topology.nodes[0]?.requests === 0);
  const seconds = (performance.now() - begin) / 1000;
  return [
    info(`${vanishing} clients that vanish`, `${rounded(seconds)} s until nothing is left`),
    below('memory that the host has grown by', (memoryOf(host) - before) / 2 ** 20, 100, 'MiB'),
  ];
}

/** Bytes in RAM. */
function memoryOf({ pid }: HostUnderTest): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
