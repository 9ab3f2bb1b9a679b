/**
 * The engine: a child process of the host that runs llama.cpp. It loads one model in its life, for one instance; or it
 * inspects files for the host, one after the other; or it lends devices to the engine of another machine. It answers over
 * IPC and ends when its host does. It must never open a file or a socket that it was not told to.
 */
import process from 'node:process';
import { type FromEngine, type ToEngine, toEngineSchema } from '#protocol';
import { costOfWaiting, createGenerator, type GenerateJob, type Generator, type Outcome } from './generate';
import { createDryRunner, type DryRunner, type InspectRequest } from './inspect';
import { EngineLoadError, type Loaded, type LoadRequest, load } from './load';
import { measureMemoryBandwidth } from './memory-bandwidth';
import { paceText } from './pace';
import { dieWithHost } from './parent-watch';
import { createScheduler, type Scheduler } from './scheduler';
import { serveShard } from './shard';
import { tokenizePrompt } from './tokenize-prompt';

type Sequence = Loaded['sequences'][number];
type Token = GenerateJob['prompt'][number];

interface ReadyEngine {
  readonly loaded: Loaded;
  readonly generator: Generator;
  readonly scheduler: Scheduler<Token, Sequence>;
}

/** Requests in work or waiting, to be aborted by id. */
const running = new Map<number, AbortController>();
let ready: ReadyEngine | null = null;
/** On the one backend that this process inspects files with. */
let dryRunner: Promise<DryRunner> | null = null;

function send(message: FromEngine): void {
  if (process.connected) process.send?.(message);
}

async function loadModel(request: LoadRequest): Promise<void> {
  try {
    const loaded = await load(request, {
      progress: (fraction) => send({ type: 'progress', fraction: Math.min(1, Math.max(0, fraction)) }),
      log: (level, message) => send({ type: 'log', level, message }),
    });
    ready = {
      loaded,
      generator: createGenerator(loaded.model, loaded.info.batch_size, loaded.tokenTime),
      scheduler: createScheduler(
        loaded.sequences,
        (sequence) => sequence.contextTokens,
        () => performance.now(),
      ),
    };
    send({ type: 'loaded', model: loaded.info });
  } catch (error) {
    const reason = error instanceof EngineLoadError ? error.reason : 'backend';
    send({ type: 'load_failed', reason, message: wordsOf(error) });
  }
}

async function inspectModel(request: InspectRequest): Promise<void> {
  const { id, backend } = request;
  let runner: DryRunner;
  try {
    dryRunner ??= createDryRunner(backend, (message) => send({ type: 'log', level: 'debug', message }));
    runner = await dryRunner;
  } catch (error) {
    send({
      type: 'load_failed',
      reason: 'backend',
      message: `llama.cpp cannot use ${backend} here: ${wordsOf(error)}`,
    });
    return;
  }
  try {
    send({ type: 'inspected', id, ...(await runner.inspect(request)) });
  } catch (error) {
    send({ type: 'inspect_failed', id, message: wordsOf(error) });
  }
}

async function generate(request: Extract<ToEngine, { type: 'generate' }>): Promise<void> {
  const { id } = request;
  const receivedAt = performance.now();
  const controller = new AbortController();
  running.set(id, controller);
  try {
    if (ready === null) throw new Error('No model is loaded.');
    const { reason, stats } = await runOn(ready, request, controller, receivedAt);
    send({ type: 'done', id, reason, stats });
  } catch (error) {
    send({ type: 'generate_failed', id, message: wordsOf(error) });
  } finally {
    running.delete(id);
  }
}

async function runOn(
  { loaded, generator, scheduler }: ReadyEngine,
  request: Extract<ToEngine, { type: 'generate' }>,
  controller: AbortController,
  receivedAt: number,
): Promise<Outcome> {
  const { id, temperature, seed, priority, affinity } = request;
  const { signal } = controller;
  // node-llama-cpp keeps one cell of each sequence free
  const room = loaded.info.context_size - 1;
  const maxTokens = Math.min(request.max_tokens, Math.floor(room / 2));
  const prompt = tokenizePrompt(loaded.model, request.prompt, room - maxTokens);
  const job: GenerateJob = { prompt, maxTokens, temperature, seed, priority, signal, receivedAt };

  const outcome = await scheduler.run(
    { affinity, tokens: prompt, priority, controller },
    async (sequence) => {
      const text = paceText((piece) => send({ type: 'token', id, text: piece }));
      try {
        return await generator.generate(sequence, job, text.push, () => send({ type: 'alive' }));
      } catch (error) {
        // what the KV cache holds after a failed decode is unknown
        await sequence.clearHistory();
        throw error;
      } finally {
        text.flush();
      }
    },
  );
  return outcome ?? { reason: 'aborted', stats: costOfWaiting(job) };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function measureMemory(): Promise<void> {
  send({ type: 'memory_measured', bytes_per_second: await measureMemoryBandwidth() });
}

async function main(): Promise<void> {
  // Ctrl-C in a terminal reaches the whole process group: the host decides when its engines go
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('message', (raw) => {
    const message = toEngineSchema.safeParse(raw);
    if (!message.success) return;
    if (message.data.type === 'load') void loadModel(message.data);
    else if (message.data.type === 'generate') void generate(message.data);
    else if (message.data.type === 'inspect') void inspectModel(message.data);
    else if (message.data.type === 'measure_memory') void measureMemory();
    else if (message.data.type === 'serve_shard') void serveShard(message.data, send);
    else running.get(message.data.id)?.abort();
  });
  await dieWithHost(Number(process.argv[2]));
}

void main();
