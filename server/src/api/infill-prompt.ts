/** The prompt for a place in a document, in the fill-in-the-middle tokens of the model. */
import type { Instance, PromptSegment } from '#protocol';
import { budget, fimPrompt, fitting } from '../completion';
import { HttpError } from './errors';

export interface InfillPlace {
  readonly prefix: string;
  readonly suffix: string;
  /** Pieces of other files, the one to keep longest last. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly maxTokens: number;
}

/** @throws HttpError for a model that cannot. */
export function infillPrompt(instance: Instance, place: InfillPlace): PromptSegment[] {
  const { fim, model, context_size, batch_size } = instance;
  if (fim === null)
    throw new HttpError(
      400,
      `${model.name} has no fill-in-the-middle tokens: it cannot fill in the middle.`,
      {
        code: 'invalid_request',
      },
    );
  const tokens = budget({ contextSize: context_size ?? 0, batchSize: batch_size ?? 0 }, place.maxTokens);
  const chunks = place.files.map(({ path, text }) => ({
    path,
    text,
    line: 0,
    lines: 0,
    origin: 'opened' as const,
  }));
  const context = { version: 0, repository: chunks.length === 0 ? null : 'workspace', path: '' };
  const fits = fitting({ ...context, chunks: chunks.toReversed() }, tokens).toReversed();
  return fimPrompt(
    fim,
    {
      around: { prefix: place.prefix, suffix: place.suffix },
      languageId: '',
      context: { ...context, chunks: fits },
    },
    tokens,
  );
}
