/** How long an answer may be: prompt and answer share the context of a sequence. */
import { RequestError } from './request-error';

/**
 * @param room tokens that a sequence holds.
 * @throws RequestError when the prompt leaves no room for any answer, though one is wanted.
 */
export function answerTokens(room: number, promptTokens: number, wanted: number): number {
  const left = room - promptTokens;
  if (left < Math.min(1, wanted))
    throw new RequestError(
      `The prompt has ${promptTokens} tokens, which exceeds the model context window: it holds ${room}, the answer included.`,
      'overflow',
    );
  return Math.min(wanted, left);
}
