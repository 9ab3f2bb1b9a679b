/** Question and answer share a model's context; VS Code wants to know how much of it each may have. Pure. */

export interface ChatLimits {
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
}

/** Of the context, that is kept for the answer. */
const answerShare = 1 / 4;
/** Of usual text, where nobody is there to count. */
const charactersPerToken = 4;

export function chatLimits(contextSize: number): ChatLimits {
  const maxOutputTokens = Math.max(1, Math.floor(contextSize * answerShare));
  return { maxInputTokens: contextSize - maxOutputTokens, maxOutputTokens };
}

export function estimatedTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}
