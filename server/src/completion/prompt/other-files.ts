/**
 * What stands of other files before the document: as files of a repository where the model has tokens for that, else
 * as comments. As much as fits, from the front: what comes first stays longest, and the engine's KV cache with it.
 */
import type { FimSegment, FimTokens } from '#protocol';
import type { ContextChunk, PromptContext } from '../context';
import { type Budget, contextLength } from './budget';
import { comment } from './comment';

/** The chunks that fit, from the first on. */
export function fitting({ chunks }: PromptContext, tokens: Budget): readonly ContextChunk[] {
  let left = contextLength(tokens);
  const tooMany = chunks.findIndex(({ path, text }) => {
    left -= path.length + text.length;
    return left < 0;
  });
  return tooMany < 0 ? chunks : chunks.slice(0, tooMany);
}

/** Before the fill-in-the-middle tokens; null: the model has no tokens for other files. */
export function asRepository(
  { repository, file }: FimTokens,
  context: PromptContext,
  tokens: Budget,
): FimSegment[] | null {
  if (repository === null || file === null) return null;
  if (context.repository === null || tokens.context === 0) return [];
  const fileSegments = (path: string, text: string): FimSegment[] => [
    { kind: 'special', token: file },
    plain(`${path}\n${text}`, tokens),
  ];
  return [
    { kind: 'special', token: repository },
    plain(`${context.repository}\n`, tokens),
    ...fitting(context, tokens).flatMap(({ path, text }) => fileSegments(path, endedLine(text))),
    ...fileSegments(context.path, ''),
  ];
}

/** For the beginning of the prefix. Empty: there is nothing to say, or no way to. */
export function asComments(languageId: string, context: PromptContext, tokens: Budget): FimSegment[] {
  if (tokens.context === 0 || context.path === '') return [];
  const pieces = fitting(context, tokens).map(({ path, text }) => `${path}:\n${text.trimEnd()}\n`);
  const said = comment(languageId, [...pieces, context.path].join('\n'));
  return said === null ? [] : [plain(`${said}\n`, tokens)];
}

function plain(text: string, { context }: Budget): FimSegment {
  return { kind: 'text', text, max_tokens: context, keep: 'start' };
}

function endedLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
