/**
 * The prompt: other files, then prefix and suffix between the model's own fill-in-the-middle tokens, and how many tokens
 * each may have. The engine counts and cuts tokens; here only budgets are set.
 */
import type { FimSegment, FimTokens } from '#protocol';
import type { PromptContext } from '../context';
import type { Surroundings } from '../surroundings';
import type { Budget } from './budget';
import { asComments, asRepository } from './other-files';

export { type Budget, budget, windows } from './budget';
export { fitting } from './other-files';

export interface Place {
  readonly around: Pick<Surroundings, 'prefix' | 'suffix'>;
  readonly languageId: string;
  readonly context: PromptContext;
}

/**
 * Prefix, suffix, then the middle token, after which the model writes. Without a middle token the suffix stands
 * first, and the model writes on after the prefix.
 */
export function fimPrompt(
  fim: FimTokens,
  { around: { prefix, suffix }, languageId, context }: Place,
  tokens: Budget,
): FimSegment[] {
  const files = asRepository(fim, context, tokens);
  const before: FimSegment[] = [
    { kind: 'special', token: fim.prefix },
    ...(files === null ? asComments(languageId, context, tokens) : []),
    { kind: 'text', text: prefix, max_tokens: tokens.prefix, keep: 'end' },
  ];
  const after: FimSegment[] = [
    { kind: 'special', token: fim.suffix },
    { kind: 'text', text: suffix, max_tokens: tokens.suffix, keep: 'start' },
  ];
  const whole = fim.middle === null ? [...after, ...before] : [...before, ...after];
  return [
    ...(files ?? []),
    ...whole,
    ...(fim.middle === null ? [] : [{ kind: 'special' as const, token: fim.middle }]),
  ];
}
