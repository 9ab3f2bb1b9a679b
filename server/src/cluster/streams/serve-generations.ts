/** Lets the engines of this machine write for another one. Neither the prompt nor the text is kept or logged. */
import { type CancellationToken, createMessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import type * as z from 'zod';
import {
  type GenerateFailure,
  type GenerationResult,
  generateFailureSchema,
  generateRequest,
  type TokenLogprob,
  textNotification,
} from '#protocol';
import { createMessageReader } from '../../message-reader';
import { createMessageWriter } from '../../message-writer';
import { createPeerInput } from '../mesh/peer-input';
import type { Channel } from '../wire';

export interface ServedGeneration extends AsyncIterable<string> {
  readonly done: Promise<GenerationResult>;
}

/** ms that a piece of text may take to be written: whoever reads nothing must not keep an engine. */
const stallLimitMs = 10_000;
/** That one message may carry. */
const mostLogprobs = 1024;

export interface ServedRequest {
  readonly params: z.output<typeof generateRequest.params>;
  readonly signal: AbortSignal;
  onLogprobs(logprobs: readonly TokenLogprob[]): void;
}

/** @param generate throws, in words, when there is no such instance or it is not ready */
export function serveGenerations(
  channel: Channel,
  generate: (request: ServedRequest) => ServedGeneration,
): void {
  const { socket } = channel;
  const input = socket.pipe(createPeerInput());
  const rpc = createMessageConnection(createMessageReader(input), createMessageWriter(socket));
  const gone = new AbortController();
  const hangUp = () => {
    gone.abort();
    rpc.dispose();
    socket.destroy();
  };
  socket.once('close', hangUp);
  input.on('error', hangUp);
  rpc.onError(hangUp);
  let asked = false;
  rpc.onRequest(generateRequest.method, async (params: unknown, token: CancellationToken) => {
    token.onCancellationRequested(() => gone.abort());
    try {
      if (asked) throw new Error('A connection is good for one completion.');
      asked = true;
      const logprobs: TokenLogprob[] = [];
      const generation = generate({
        params: generateRequest.params.parse(params),
        signal: gone.signal,
        onLogprobs: (told) => logprobs.push(...told),
      });
      // Waiting for each piece to be written holds the engine's text back where the network is slower.
      for await (const text of generation) {
        const stalled = setTimeout(hangUp, stallLimitMs);
        const told = logprobs.length > 0 ? { logprobs: logprobs.splice(0, mostLogprobs) } : {};
        await rpc
          .sendNotification(textNotification.method, { text, ...told })
          .finally(() => clearTimeout(stalled));
      }
      return await generation.done;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new ResponseError(-32_000, words, reasonOf(error));
    }
  });
  rpc.listen();
}

/** Whose fault it was, for the other machine to tell whoever asked there. */
function reasonOf(error: unknown): GenerateFailure {
  const known = generateFailureSchema.safeParse(
    error instanceof Error && 'reason' in error ? error.reason : null,
  );
  return known.success ? known.data : 'engine';
}
