/**
 * The engine: a child process of the host that runs llama.cpp. It loads one model in its life, for one instance; or it
 * inspects files for the host, one after the other; or it lends devices to the engine of another machine. It answers over
 * IPC and ends when its host does. It must never open a file or a socket that it was not told to.
 */
import process from 'node:process';
import * as z from 'zod';
import { type FromEngine, type GenerationResult, type ToEngine, toEngineSchema } from '#protocol';
import { answerTokens } from './answer-room';
import { costOfWaiting, createGenerator, type GenerateJob, type Generator } from './generate';
import { createGrammar } from './grammar';
import { createDryRunner, type DryRunner, type InspectRequest } from './inspect';
import { EngineLoadError, type Loaded, type LoadRequest, load } from './load';
import { measureMemoryBandwidth } from './memory-bandwidth';
import { paceText } from './pace';
import { dieWithHost } from './parent-watch';
import { RequestError } from './request-error';
import { createScheduler, type Scheduler } from './scheduler';
import { serveShard } from './shard';
import { beginning, tokenizePrompt } from './tokenize-prompt';

type Sequence = Loaded['sequences'][number];
type Token = GenerateJob['prompt'][number];
type GenerateRequest = Extract<ToEngine, { type: 'generate' }>;

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
        request.program_sequences,
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

async function generate(request: GenerateRequest): Promise<void> {
  const { id } = request;
  const receivedAt = performance.now();
  const controller = new AbortController();
  running.set(id, controller);
  try {
    if (ready === null) throw new Error('No model is loaded.');
    send({ type: 'done', id, ...(await runOn(ready, request, controller, receivedAt)) });
  } catch (error) {
    const reason = error instanceof RequestError ? error.reason : 'engine';
    send({ type: 'generate_failed', id, reason, message: wordsOf(error) });
  } finally {
    running.delete(id);
  }
}

async function runOn(
  { loaded, generator, scheduler }: ReadyEngine,
  request: GenerateRequest,
  controller: AbortController,
  receivedAt: number,
): Promise<GenerationResult> {
  const { id, temperature, seed, priority, affinity, options } = request;
  const { signal } = controller;
  const schema = options?.json_schema ?? null;
  const grammar = schema === null ? null : await createGrammar(loaded.model, schema);
  const job: GenerateJob = {
    ...fitted(loaded, request),
    temperature,
    seed,
    priority,
    options,
    grammar,
    signal,
    receivedAt,
  };
  const { prompt } = job;

  const outcome = await scheduler.run(
    { affinity, tokens: prompt, priority, controller },
    async (sequence) => {
      const text = paceText((piece, logprobs) =>
        send({ type: 'token', id, text: piece, ...(logprobs.length > 0 && { logprobs }) }),
      );
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
  return outcome ?? { reason: 'aborted', stopped_by: null, stats: costOfWaiting(job) };
}

/** The prompt and how much may follow it: together they fit a sequence. */
function fitted(
  { model, chatTemplate, info }: Loaded,
  { prompt: segments, max_tokens, options }: GenerateRequest,
): Pick<GenerateJob, 'prompt' | 'maxTokens'> {
  // node-llama-cpp keeps one cell of each sequence free
  const room = info.context_size - 1;
  if (!options?.refuse_overflow) {
    const maxTokens = Math.min(max_tokens, Math.floor(room / 2));
    return { prompt: tokenizePrompt(model, segments, room - maxTokens, chatTemplate), maxTokens };
  }
  const prompt = tokenizePrompt(model, segments, Number.POSITIVE_INFINITY, chatTemplate);
  return { prompt, maxTokens: answerTokens(room, prompt.length, max_tokens) };
}

/** llama.cpp would abort on a number that the vocabulary does not have. */
function tokenize(request: Extract<ToEngine, { type: 'tokenize' | 'detokenize' }>): void {
  const { id } = request;
  try {
    if (ready === null) throw new Error('No model is loaded.');
    const { model } = ready.loaded;
    if (request.type === 'tokenize') {
      const start = request.add_special ? beginning(model) : null;
      const tokens = model.tokenize(request.text, request.parse_special);
      send({ type: 'tokenized', id, tokens: start === null ? tokens : [start, ...tokens] });
    } else {
      const size = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
      const foreign = request.tokens.find((token) => token >= size);
      if (foreign !== undefined) throw new Error(`Token ${foreign} is not one of the ${size} of this model.`);
      const known = (token: number): token is Token => token < size;
      send({ type: 'detokenized', id, text: model.detokenize(request.tokens.filter(known), true) });
    }
  } catch (error) {
    send({ type: 'tokenize_failed', id, message: wordsOf(error) });
  }
}

const askingSchema = z.object({ type: z.enum(['generate', 'tokenize', 'detokenize']), id: z.number().int() });

/** Whoever asks gets an answer, also when what they have asked cannot be read. */
function refuse(raw: unknown, why: string): void {
  const asking = askingSchema.safeParse(raw);
  if (!asking.success) return;
  const { type, id } = asking.data;
  const message = `The engine cannot read this request: ${why}`;
  if (type === 'generate') send({ type: 'generate_failed', id, reason: 'request', message });
  else send({ type: 'tokenize_failed', id, message });
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
    if (!message.success) return refuse(raw, z.prettifyError(message.error));
    if (message.data.type === 'load') void loadModel(message.data);
    else if (message.data.type === 'generate') void generate(message.data);
    else if (message.data.type === 'tokenize' || message.data.type === 'detokenize') tokenize(message.data);
    else if (message.data.type === 'inspect') void inspectModel(message.data);
    else if (message.data.type === 'measure_memory') void measureMemory();
    else if (message.data.type === 'serve_shard') void serveShard(message.data, send);
    else running.get(message.data.id)?.abort();
  });
  await dieWithHost(Number(process.argv[2]));
}

void main();
