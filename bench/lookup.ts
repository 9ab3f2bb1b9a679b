/**
 * Does prompt lookup pay? What was written is looked up in the prompt, and what followed there is checked as a guess, in one
 * batch with the next token. Against decoding one token after the other, token for token the same. With CUDA where there is some.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { writeRandomModel } from '../test/support/random-model';
import { info, type Row, rounded } from './row';

const tokens = 64;
const rounds = 7;
const contextSize = 1024;
const batches = [1, 4];

const member = (name: string) => `  if (options.${name} !== undefined) result.${name} = options.${name};\n`;
const texts = {
  'repeats the prompt': `export function merge(options: Options): Result {\n${['name', 'path', 'size', 'time'].map(member).join('')}  if (options.`,
  'writes anew': `import { readFileSync } from 'node:fs';\n\nexport function read(file: string): string {\n  return readFileSync(file, 'utf8');\n}\n\nexport function write(`,
};

export async function lookup(): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-bench-'));
  const random = path.join(folder, 'random.gguf');
  writeRandomModel(random, { embedding: 768, feedForward: 2048, layers: 12, heads: 12 });
  try {
    return [
      ...(await rowsOf('embedded model', path.resolve('media/models/tiny-ts-fim-q8_0.gguf'))),
      ...(await rowsOf('87 M parameters', random)),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function rowsOf(name: string, modelPath: string): Promise<Row[]> {
  const { getLlama, InputLookupTokenPredictor, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    gpu: { type: 'auto', exclude: ['vulkan'] },
    build: 'never',
    skipDownload: true,
    logLevel: LlamaLogLevel.error,
    maxThreads: 1,
  });
  try {
    const model = await llama.loadModel({ modelPath });
    const context = await model.createContext({ contextSize, batchSize: 512, sequences: 2, threads: 1 });
    const plain = context.getSequence();
    const predictor = new InputLookupTokenPredictor();
    const guessing = context.getSequence({ tokenPredictor: predictor });
    const where = `${name}, ${llama.gpu || 'CPU, 1 thread'}`;
    const rows: Row[] = [
      info(`${where}: a batch of ${batches.join(' : ')} tokens`, await batchTimes(model, plain)),
    ];
    for (const [text, words] of Object.entries(texts)) {
      const prompt = model.tokenize(words, false);
      predictor.updateInputTokens(prompt);
      const times = { plain: Number.POSITIVE_INFINITY, guessing: Number.POSITIVE_INFINITY };
      const before = guessing.tokenPredictions;
      for (let round = 0; round < rounds; round++) {
        const one = await decode(plain, prompt);
        const other = await decode(guessing, prompt);
        if (one.written.join() !== other.written.join()) throw new Error('Lookup changed what was written.');
        times.plain = Math.min(times.plain, one.msPerToken);
        times.guessing = Math.min(times.guessing, other.msPerToken);
      }
      const { validated, refuted } = guessing.tokenPredictions;
      const right = validated - before.validated;
      const guessed = right + refuted - before.refuted;
      rows.push(
        info(
          `${where}, ${text}: with lookup : without`,
          `${rounded(1000 / times.guessing)} : ${rounded(1000 / times.plain)} tokens/s, ${right} of ${guessed} guesses were right`,
        ),
      );
    }
    return rows;
  } finally {
    await llama.dispose();
  }
}

/** Greedy, and without the time to the first token. */
async function decode(sequence: LlamaContextSequence, prompt: Token[]) {
  await sequence.clearHistory();
  const written: Token[] = [];
  let begin = 0;
  for await (const token of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    if (written.length === 0) begin = performance.now();
    written.push(token);
    if (written.length > tokens) break;
  }
  return { written, msPerToken: (performance.now() - begin) / tokens };
}

/** Each the shortest of several, as "1.0 : 2.0 ms". */
async function batchTimes(model: LlamaModel, sequence: LlamaContextSequence): Promise<string> {
  const words = model.tokenize(texts['writes anew'], false);
  const times: number[] = [];
  for (const size of batches) {
    let best = Number.POSITIVE_INFINITY;
    await sequence.clearHistory();
    for (let round = 0; round < 3 * rounds; round++) {
      const begin = performance.now();
      await sequence.controlledEvaluate(
        words.slice(0, size).map((token) => [token, { generateNext: { token: true } }]),
      );
      best = Math.min(best, performance.now() - begin);
    }
    times.push(best);
  }
  return `${times.map(rounded).join(' : ')} ms`;
}
