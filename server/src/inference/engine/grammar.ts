/** What holds a text to a JSON Schema while it is sampled. */
import type { LlamaGrammarEvaluationState, LlamaModel } from 'node-llama-cpp';
import { schemaGrammar } from './json-schema';
import { RequestError } from './request-error';
import { within } from './time-limit';

/** ms */
const COMPILE_LIMIT = 1000;

/** For one text. @throws RequestError when no text can be held to this schema. */
export async function createGrammar(model: LlamaModel, json: string): Promise<LlamaGrammarEvaluationState> {
  const { LlamaGrammarEvaluationState } = await import('node-llama-cpp');
  try {
    const text = within(COMPILE_LIMIT, 'To compile this JSON Schema', () => schemaGrammar(json));
    const grammar = await model.llama.createGrammar({ grammar: text });
    return new LlamaGrammarEvaluationState({ model, grammar });
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(
      `No text can be held to this JSON Schema: ${error instanceof Error ? error.message : error}`,
    );
  }
}
