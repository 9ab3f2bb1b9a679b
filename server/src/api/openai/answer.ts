/** Writes the choices of a request: as one answer, or as a stream of events in the form that OpenAI gives them. */
import type { FastifyReply } from 'fastify';
import type { GenerationResult, Usage } from '#protocol';
import { HttpError, openAiError } from '../errors';
import { merged, openEventStream, type Piece, type Writing } from '../generating';
import { joined, usageOf } from './choices';

export interface Form<Answer, Chunk> {
  whole(
    choices: readonly { readonly piece: Piece; readonly result: GenerationResult }[],
    usage: Usage,
  ): Answer;
  /** The events that come before a choice's text, with it, and at its end. */
  begin(index: number): Chunk[];
  piece(index: number, piece: Piece): Chunk;
  end(index: number, result: GenerationResult): Chunk;
  usage(usage: Usage): Chunk;
}

export interface Manner {
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Choices that one prompt has. */
  readonly perPrompt: number;
}

export async function answer<Answer, Chunk>(
  reply: FastifyReply,
  writings: readonly Writing[],
  form: Form<Answer, Chunk>,
  { stream, includeUsage, perPrompt }: Manner,
): Promise<Answer | FastifyReply> {
  const results = () => Promise.all(writings.map((writing) => writing.result()));
  const arrivals = merged(writings);
  if (!stream) {
    const pieces = writings.map((): Piece[] => []);
    for await (const { index, item } of arrivals) if (item !== null) pieces[index]?.push(item);
    const ended = await results();
    const choices = ended.map((result, index) => ({ piece: joined(pieces[index] ?? []), result }));
    return form.whole(choices, usageOf(ended, perPrompt));
  }

  // What cannot begin is told by the status; after the first text it is too late for that.
  let arrival = await arrivals.next();
  const events = openEventStream(reply);
  const send = (chunk: unknown) => events.send(JSON.stringify(chunk));
  try {
    for (const index of writings.keys()) for (const chunk of form.begin(index)) await send(chunk);
    for (; !arrival.done; arrival = await arrivals.next()) {
      const { index, item } = arrival.value;
      const writing = writings[index];
      if (item !== null) await send(form.piece(index, item));
      else if (writing !== undefined) await send(form.end(index, await writing.result()));
    }
    if (includeUsage) await send(form.usage(usageOf(await results(), perPrompt)));
    await events.send('[DONE]');
  } catch (error) {
    const { statusCode, message, code } =
      error instanceof HttpError ? error : new HttpError(500, 'The host could not go on with this text.');
    await send(openAiError(statusCode, { message, code }));
  } finally {
    await arrivals.return(undefined);
    events.end();
  }
  return reply;
}
