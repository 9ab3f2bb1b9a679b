/** Lets the engines of this machine write for another one. Neither the prompt nor the text is kept or logged. */
import { type CancellationToken, createMessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import type * as z from 'zod';
import { type GenerationStats, generateRequest, textNotification } from '#protocol';
import { createMessageReader } from '../../message-reader';
import { createMessageWriter } from '../../message-writer';
import { BoundedInput } from '../mesh/bounded-input';
import type { Channel } from '../wire';

export interface ServedGeneration extends AsyncIterable<string> {
  readonly done: Promise<{ reason: 'end' | 'length' | 'aborted'; stats: GenerationStats }>;
}

/** ms that a piece of text may take to be written: whoever reads nothing must not keep an engine. */
const stallLimitMs = 10_000;

/** @param generate throws, in words, when there is no such instance or it is not ready */
export function serveGenerations(
  channel: Channel,
  generate: (request: z.output<typeof generateRequest.params>, signal: AbortSignal) => ServedGeneration,
): void {
  const { socket } = channel;
  const input = socket.pipe(new BoundedInput(() => performance.now()));
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
      const generation = generate(generateRequest.params.parse(params), gone.signal);
      // Waiting for each piece to be written holds the engine's text back where the network is slower.
      for await (const text of generation) {
        const stalled = setTimeout(hangUp, stallLimitMs);
        await rpc.sendNotification(textNotification.method, { text }).finally(() => clearTimeout(stalled));
      }
      return await generation.done;
    } catch (error) {
      throw new ResponseError(-32_000, error instanceof Error ? error.message : String(error));
    }
  });
  rpc.listen();
}
