/** No white space at the end, except one blank that parts the completion from the code after it. */
import type { Surroundings } from '../surroundings';

export function trimTrailingSpace(
  text: string,
  { midLine, lineSuffix }: Pick<Surroundings, 'midLine' | 'lineSuffix'>,
): string {
  const trimmed = text.trimEnd();
  const parts = midLine && /^\S/.test(lineSuffix) && text.length > trimmed.length;
  return parts ? `${trimmed} ` : trimmed;
}
