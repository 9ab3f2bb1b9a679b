/**
 * What a key costs, with the suffix first and with the suffix behind: tokens, and time to the first token; and the same
 * tokens fed to node-llama-cpp directly.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FimTokens } from '#protocol';
import { budget, fimPrompt } from '../server/src/completion/prompt';
import type { Engine } from '../server/src/inference';
import { tokenizePrompt } from '../server/src/inference/engine/tokenize-prompt';
import { complete, start } from '../test/integration/inference/support';
import { writeRandomModel } from '../test/support/random-model';
import { noContext } from './direct';
import { below, info, median, type Row, rounded } from './row';

const middle = '<|fim_middle|>';
const before =
  'export function add(first: number, second: number): number {\n  return first + second;\n}\n'.repeat(24);
const after = '\nconst total = add(values.length, 1);\nconsole.log(total);\n'.repeat(16);
const typed = 'const average = add(total, 2);\n';

export async function typing(): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-bench-'));
  const modelPath = path.join(folder, 'random.gguf');
  const spelled = { '<|reserved_0|>': middle };
  writeRandomModel(modelPath, { embedding: 768, feedForward: 2048, layers: 12, heads: 12, spelled });
  const engine = await start({ modelPath, contextSize: 1024, sequences: 1 });
  try {
    const { fim } = engine.model;
    if (fim === null) throw new Error('The model cannot fill in the middle.');
    return [
      ...(await rowsOf('suffix first', engine, modelPath, { ...fim, middle: null })),
      ...(await rowsOf('suffix behind', engine, modelPath, { ...fim, middle })),
    ];
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true });
  }
}

async function rowsOf(order: string, engine: Engine, modelPath: string, fim: FimTokens): Promise<Row[]> {
  const { batch_size: batchSize, context_size: contextSize } = engine.model;
  const room = budget({ batchSize, contextSize }, 64);
  const prompt = (keys: number) =>
    fimPrompt(
      fim,
      {
        around: { prefix: before + typed.slice(0, keys), suffix: after },
        languageId: 'typescript',
        context: noContext,
      },
      room,
    );
  const direct = await loadDirect(engine, modelPath);
  try {
    const tokens: number[] = [];
    const times = { ours: [] as number[], direct: [] as number[] };
    for (let keys = 0; keys <= typed.length; keys++) {
      const { stats } = await complete(engine, prompt(keys), { maxTokens: 1 });
      const directMs = await direct.firstToken(prompt(keys));
      // the first one evaluates all
      if (keys === 0) continue;
      tokens.push(stats.evaluated_tokens);
      times.ours.push(stats.first_token_ms ?? Number.NaN);
      times.direct.push(directMs);
    }
    const [ours, theirs] = [median(times.ours), median(times.direct)];
    return [
      info(
        `${order}: tokens evaluated after a key, median and most`,
        `${median(tokens)}, ${Math.max(...tokens)}`,
      ),
      info(`${order}: first token after a key, engine : direct`, `${rounded(ours)} : ${rounded(theirs)} ms`),
      below(`${order}: time to first token, engine over direct`, ours / theirs, 1.1, 'times'),
    ];
  } finally {
    await direct.close();
  }
}

/** The same model, batch and threads in this process, and a KV cache that is kept in the same way. */
async function loadDirect({ model: { threads, context_size, batch_size } }: Engine, modelPath: string) {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    logLevel: LlamaLogLevel.error,
    maxThreads: threads,
  });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: context_size, batchSize: batch_size, threads });
  const sequence = context.getSequence();
  return {
    async firstToken(prompt: ReturnType<typeof fimPrompt>): Promise<number> {
      const begin = performance.now();
      const tokens = tokenizePrompt(model, prompt, context_size - 2);
      await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
      for await (const _ of sequence.evaluate(tokens.slice(sequence.nextTokenIndex), { temperature: 0 }))
        break;
      return performance.now() - begin;
    },
    close: () => llama.dispose(),
  };
}
