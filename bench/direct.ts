/** node-llama-cpp called with nothing around it: what the same completion costs without a host. */
import { availableParallelism } from 'node:os';
import type { Instance } from '#protocol';
import { budget, fimPrompt } from '../server/src/completion/prompt';
import { tokenizePrompt } from '../server/src/inference/engine/tokenize-prompt';

/** Without a workspace. */
export const noContext = { version: 0, repository: null, path: '', chunks: [] };

export interface Written {
  readonly text: string;
  readonly tokens: number;
}

export interface Direct {
  /** Evaluates the whole prompt, as for a document that was never seen, and writes at most `maxTokens`. */
  complete(prefix: string, suffix: string, maxTokens: number): Promise<Written>;
  close(): Promise<void>;
}

/** Loads the model of a placed instance on the CPU, with that instance's context, batch and threads. */
export async function loadDirect(instance: Instance): Promise<Direct> {
  const { fim } = instance;
  if (fim === null) throw new Error(`${instance.model.name} cannot fill in the middle.`);
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const threads = instance.threads ?? availableParallelism();
  const contextSize = instance.context_size ?? 1024;
  const batchSize = instance.batch_size ?? 512;
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    logLevel: LlamaLogLevel.error,
    maxThreads: threads,
  });
  const model = await llama.loadModel({ modelPath: instance.model.path });
  const context = await model.createContext({ contextSize, batchSize, threads });
  const sequence = context.getSequence();
  return {
    async complete(prefix, suffix, maxTokens) {
      await sequence.clearHistory();
      const room = budget({ batchSize, contextSize }, maxTokens);
      const prompt = tokenizePrompt(
        model,
        fimPrompt(fim, { around: { prefix, suffix }, languageId: 'typescript', context: noContext }, room),
        contextSize - maxTokens,
      );
      const written = [];
      for await (const token of sequence.evaluate(prompt, { temperature: 0 })) {
        written.push(token);
        if (written.length === maxTokens) break;
      }
      return { text: model.detokenize(written), tokens: written.length };
    },
    close: () => llama.dispose(),
  };
}
