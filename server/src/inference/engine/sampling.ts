/** How the next token is drawn, in the words of node-llama-cpp. */
import type { LlamaContextSequence, LlamaModel, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { GenerationOptions, TokenLogprob } from '#protocol';

/** Tokens that penalties look back at. */
const PENALTY_WINDOW = 64;
/** Below this, a float says no more than "hardly ever". */
const LEAST_LOGPROB = -100;

export type Drawing = Pick<
  SequenceEvaluateOptions,
  'topK' | 'topP' | 'minP' | 'repeatPenalty' | 'grammarEvaluationState'
>;

/** @param recent the tokens so far, prompt included. */
export function drawingOf(options: GenerationOptions, recent: () => readonly Token[]): Drawing {
  const { repeat_penalty, presence_penalty, frequency_penalty } = options;
  const penalized = repeat_penalty !== 1 || presence_penalty !== 0 || frequency_penalty !== 0;
  return {
    topK: options.top_k,
    topP: options.top_p,
    minP: options.min_p,
    ...(penalized && {
      repeatPenalty: {
        punishTokens: () => recent().slice(-PENALTY_WINDOW),
        maxPunishTokens: PENALTY_WINDOW,
        penalty: repeat_penalty,
        presencePenalty: presence_penalty,
        frequencyPenalty: frequency_penalty,
      },
    }),
  };
}

interface Drawn {
  readonly token: Token;
  readonly logprob: TokenLogprob | null;
}

/** Decodes token by token, for as long as it is iterated. @param top tokens to tell of beside each; null: tell nothing */
export async function* draw(
  sequence: LlamaContextSequence,
  prompt: Token[],
  options: SequenceEvaluateOptions,
  top: number | null,
): AsyncGenerator<Drawn> {
  if (top === null) {
    for await (const token of sequence.evaluate(prompt, options)) yield { token, logprob: null };
    return;
  }
  const { model } = sequence;
  for await (const { token, probabilities } of sequence.evaluateWithMetadata(
    prompt,
    { probabilities: true },
    options,
  ))
    yield { token, logprob: logprobOf(model, token, probabilities, top) };
}

/** @param probabilities the likeliest first. */
function logprobOf(
  model: LlamaModel,
  token: Token,
  probabilities: ReadonlyMap<Token, number>,
  top: number,
): TokenLogprob {
  const spell = (one: Token) => model.detokenize([one]);
  const likeliest: TokenLogprob['top'] = [];
  for (const [one, probability] of probabilities) {
    if (likeliest.length >= top) break;
    likeliest.push({ token: spell(one), logprob: logarithm(probability) });
  }
  return { token: spell(token), logprob: logarithm(probabilities.get(token) ?? 0), top: likeliest };
}

function logarithm(probability: number): number {
  return Math.min(0, Math.max(LEAST_LOGPROB, Math.log(probability)));
}
