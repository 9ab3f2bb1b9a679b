/** What holds a text to a JSON Schema while it is sampled. */
import type { LlamaGrammarEvaluationState, LlamaModel } from 'node-llama-cpp';
import { heldSchema } from './json-schema';
import { RequestError } from './request-error';
import { within } from './time-limit';

/** ms */
const COMPILE_LIMIT = 1000;

/** node-llama-cpp's grammars go on with these when the JSON is whole. */
export const AFTER_JSON = '\n\n\n\n';

/** node-llama-cpp's integers may have an exponent, and so be none. */
const INTEGER = { loose: /^(integer-number-rule ::=).*$/m, exact: '$1 "-"? ("0" | [1-9] [0-9]{0,14})' };

/** For one text. @throws RequestError when no text can be held to this schema. */
export async function createGrammar(model: LlamaModel, json: string): Promise<LlamaGrammarEvaluationState> {
  const { LlamaGrammarEvaluationState } = await import('node-llama-cpp');
  const schema = heldSchema(json);
  try {
    const compiled = within(COMPILE_LIMIT, 'To compile this JSON Schema', () =>
      model.llama.createGrammarForJsonSchema(schema),
    );
    const { grammar: loose } = await compiled;
    const grammar = await model.llama.createGrammar({ grammar: loose.replace(INTEGER.loose, INTEGER.exact) });
    return new LlamaGrammarEvaluationState({ model, grammar });
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(
      `No text can be held to this JSON Schema: ${error instanceof Error ? error.message : error}`,
    );
  }
}
