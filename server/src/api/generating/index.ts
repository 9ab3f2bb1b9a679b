/** From a request that names a model to the text that an instance writes for it: found, waited in line for, and ended with it. */
import type { FastifyRequest } from 'fastify';
import type { GenerationOptions, GenerationResult, Instance, PromptSegment, TokenLogprob } from '#protocol';
import type { ApiObserver } from '../../metrics';
import { type Answerer, type Answerers, type Lines, QueueFull } from '../../sharing';
import { HttpError } from '../errors';
import { callerOf, clientOf } from './client';
import { outcomeOf } from './outcome';

export { type EventStream, openEventStream } from './event-stream';
export { merged } from './merged';

export interface GeneratingParts {
  readonly answerers: Answerers;
  readonly lines: Lines;
  /** Begins to place a model that was asked for; false: the user does not want that. Throws why it cannot be placed. */
  placeOnRequest(modelId: string): boolean;
  /** Is told of all that was asked for, and what it came to. */
  readonly observer: ApiObserver;
}

export interface Wanted {
  readonly prompt: PromptSegment[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly options: GenerationOptions;
}

export interface Piece {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
}

/** A text on its way. */
export interface Writing extends AsyncIterable<Piece> {
  /** How it ended; known when it was iterated to its end, or left. Rejects, as iterating does, with an HttpError. */
  result(): Promise<GenerationResult>;
}

/** One request that has found its instance. */
export interface Access {
  readonly instance: Instance;
  /** In turn. Whoever calls it iterates it. */
  write(wanted: Wanted): Writing;
  tokenize: Answerer['tokenize'];
  detokenize: Answerer['detokenize'];
}

export interface Generating {
  /** Calls back with the instance that `model` names, for as long as the client listens. Throws HttpErrors. */
  with<T>(
    request: FastifyRequest,
    model: string | null | undefined,
    act: (access: Access) => Promise<T>,
  ): Promise<T>;
}

/** s; a model of some gigabytes takes longer, and says how far it is */
const retryLoading = 2;
const retryNothing = 5;

export function createGenerating(parts: GeneratingParts): Generating {
  const { answerers, lines, placeOnRequest, observer } = parts;
  let asked = 0;

  async function find(name: string, signal: AbortSignal): Promise<Answerer> {
    const found = await answerers.find(name, signal);
    if (found.kind === 'ready') return found.answerer;
    if (found.kind === 'not ready') throw notReady(found.instance);
    if (found.kind === 'not placed' && beginToPlace(name, found.modelId))
      throw new HttpError(503, `${name} is being placed now. Ask again.`, {
        code: 'model_loading',
        retryAfter: retryLoading,
      });
    if (found.kind === 'not placed')
      throw new HttpError(
        503,
        `${name} is on disk, but not placed. Place it: vramesh place ${name}, or POST /place_instance.`,
        { code: 'model_not_placed', retryAfter: retryNothing },
      );
    if (name === '')
      throw new HttpError(503, 'No model is placed. GET /v1/models lists what there is.', {
        code: 'model_not_placed',
        retryAfter: retryNothing,
      });
    throw new HttpError(
      404,
      `There is no model ${JSON.stringify(name.slice(0, 200))}. GET /v1/models lists them.`,
      {
        code: 'model_not_found',
      },
    );
  }

  function beginToPlace(name: string, modelId: string): boolean {
    try {
      return placeOnRequest(modelId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new HttpError(503, `${name} could not be placed: ${reason}`, {
        code: 'model_failed',
        retryAfter: retryNothing,
      });
    }
  }

  function write(
    answerer: Answerer,
    caller: string,
    gone: AbortSignal,
    wanted: Wanted,
    onFailure: (error: HttpError) => void,
  ): Writing {
    const { instance } = answerer;
    let settle: (result: Promise<GenerationResult>) => void = () => {};
    let fail: (error: HttpError) => void = () => {};
    const result = new Promise<GenerationResult>((fulfil, reject) => {
      settle = fulfil;
      fail = reject;
    });
    result.catch(() => {});

    async function* text(): AsyncGenerator<Piece> {
      const leaving = new AbortController();
      const leave = () => leaving.abort();
      gone.addEventListener('abort', leave, { once: true });
      if (gone.aborted) leave();
      let logprobs: TokenLogprob[] = [];
      try {
        const enteredAt = performance.now();
        const leaveLine = await lines.enter(instance, { name: caller, priority: 'api' }, gone);
        const waitedMs = performance.now() - enteredAt;
        let generation: ReturnType<Answerer['generate']>;
        try {
          generation = answerer.generate({
            ...wanted,
            priority: 'api',
            // One program asks for many things: what fits best is found by the prompt.
            affinity: `api/${++asked}`,
            signal: leaving.signal,
            onLogprobs: (told) => logprobs.push(...told),
          });
        } catch (error) {
          leaveLine();
          throw error;
        }
        // The place is free when the engine has stopped, not when the client has read.
        generation.done.then(leaveLine, leaveLine);
        generation.done.then(
          ({ stats }) => observer.generated(stats, waitedMs),
          () => {},
        );
        settle(generation.done.catch((error) => Promise.reject(asHttpError(error, gone))));
        for await (const piece of generation) {
          yield { text: piece, logprobs };
          logprobs = [];
        }
        await generation.done;
      } catch (error) {
        const failed = asHttpError(error, gone);
        fail(failed);
        onFailure(failed);
        throw failed;
      } finally {
        gone.removeEventListener('abort', leave);
        leave();
      }
    }

    return { [Symbol.asyncIterator]: text, result: () => result };
  }

  return {
    async with(request, model, act) {
      const client = clientOf(request);
      /** Those in the middle of a stream are told there. */
      const failures: unknown[] = [];
      const failed = (error: unknown) => void failures.push(error);
      try {
        const answerer = await find(model ?? '', client.gone);
        const caller = callerOf(request);
        return await act({
          instance: answerer.instance,
          write: (wanted) => write(answerer, caller, client.gone, wanted, failed),
          tokenize: (params) =>
            answerer.tokenize(params).catch((error) => Promise.reject(asHttpError(error, client.gone))),
          detokenize: (tokens) =>
            answerer.detokenize(tokens).catch((error) => Promise.reject(asHttpError(error, client.gone))),
        });
      } catch (error) {
        failed(error);
        throw error;
      } finally {
        const outcome = client.gone.aborted ? 'gone' : outcomeOf(failures[0]);
        observer.answered(request.routeOptions.url ?? '', outcome);
        client.forget();
      }
    },
  };
}

function notReady({ model, state, progress, error }: Instance): HttpError {
  const far = progress === null ? '' : `, ${Math.round(progress * 100)} % are loaded`;
  const why = error === null ? '' : ` ${error}`;
  return new HttpError(503, `${model.name} is not ready (${state}${far}).${why}`, {
    code: state === 'failed' ? 'model_failed' : 'model_loading',
    retryAfter: state === 'failed' ? retryNothing : retryLoading,
  });
}

/** In words for the one who asked. An engine that died comes back by itself. */
function asHttpError(error: unknown, gone: AbortSignal): HttpError {
  if (error instanceof HttpError) return error;
  const message = error instanceof Error ? error.message : String(error);
  // Nobody hears it; 499 is what servers note then.
  if (gone.aborted) return new HttpError(499, message);
  if (error instanceof QueueFull)
    return new HttpError(429, `${message} Ask again later.`, {
      code: 'rate_limit_exceeded',
      retryAfter: error.retryAfter,
    });
  const reason = error instanceof Error && 'reason' in error ? error.reason : 'engine';
  if (reason === 'overflow') return new HttpError(400, message, { code: 'context_length_exceeded' });
  if (reason === 'request') return new HttpError(400, message, { code: 'invalid_request' });
  return new HttpError(503, message, { code: 'model_failed', retryAfter: retryLoading });
}
