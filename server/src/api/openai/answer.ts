/** Writes the choices of a request: as one answer, or as a stream of events in the form that OpenAI gives them. */
import type { FastifyReply } from 'fastify';
import type { GenerationResult, Usage } from '#protocol';
import { HttpError, openAiError } from '../errors';
import { merged, openEventStream } from '../generating';
import { usageOf } from './choices';

/** One choice on its way. */
export interface Source<Item> extends AsyncIterable<Item> {
  /** How it ended; known when it was iterated to its end, or left. */
  result(): Promise<GenerationResult>;
}

export interface Form<Item, Answer, Chunk> {
  whole(
    choices: readonly { readonly items: readonly Item[]; readonly result: GenerationResult }[],
    usage: Usage,
  ): Answer;
  /** The events that come before a choice's text, with it, and at its end. */
  begin(index: number): Chunk[];
  item(index: number, item: Item): Chunk;
  end(index: number, result: GenerationResult): Chunk;
  usage(usage: Usage): Chunk;
}

export interface Manner {
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Choices that one prompt has. */
  readonly perPrompt: number;
}

export async function answer<Item, Answer, Chunk>(
  reply: FastifyReply,
  sources: readonly Source<Item>[],
  form: Form<Item, Answer, Chunk>,
  { stream, includeUsage, perPrompt }: Manner,
): Promise<Answer | FastifyReply> {
  const results = () => Promise.all(sources.map((source) => source.result()));
  const arrivals = merged(sources);
  if (!stream) {
    const items = sources.map((): Item[] => []);
    for await (const { index, item } of arrivals) if (item !== null) items[index]?.push(item);
    const ended = await results();
    const choices = ended.map((result, index) => ({ items: items[index] ?? [], result }));
    return form.whole(choices, usageOf(ended, perPrompt));
  }

  // What cannot begin is told by the status; after the first text it is too late for that.
  let arrival = await arrivals.next();
  const events = openEventStream(reply);
  const send = (chunk: unknown) => events.send(JSON.stringify(chunk));
  try {
    for (const index of sources.keys()) for (const chunk of form.begin(index)) await send(chunk);
    for (; !arrival.done; arrival = await arrivals.next()) {
      const { index, item } = arrival.value;
      const source = sources[index];
      if (item !== null) await send(form.item(index, item));
      else if (source !== undefined) await send(form.end(index, await source.result()));
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
