/** Asks an engine of another machine to go on with a prompt. */
import { CancellationTokenSource, createMessageConnection, ResponseError } from 'vscode-jsonrpc/node';
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

/** UTF-16 units; those of real vocabularies are shorter. */
const longestToken = 1024;
/** ms that the peer may take to say what an aborted request has cost, before the connection is closed. */
const lastWordMs = 1000;

export interface RemoteGenerate {
  readonly params: z.input<typeof generateRequest.params>;
  readonly signal: AbortSignal;
  /** Called with how the peer says that it ended and what it cost, also after an abort. */
  onResult(result: GenerationResult): void;
  /** Called instead when the peer does not say it. */
  onFailure(error: Error): void;
  onLogprobs?(logprobs: readonly TokenLogprob[]): void;
  open(signal: AbortSignal): Promise<Channel>;
}

/** What the other machine says went wrong. */
class RemoteError extends Error {
  readonly reason: GenerateFailure;

  constructor(message: string, reason: unknown) {
    super(message);
    this.reason = generateFailureSchema.catch('engine').parse(reason);
  }
}

/** Ends early when `signal` aborts; nobody waits until the peer has heard of it. Rejects, in words, when the peer fails. */
export async function* generateRemotely({
  params,
  signal,
  onResult,
  onFailure,
  onLogprobs,
  open,
}: RemoteGenerate): AsyncGenerator<string> {
  const { socket, peer } = await open(signal);
  if (signal.aborted) {
    onFailure(new Error('It was aborted before it began.'));
    socket.destroy();
    return;
  }
  const input = socket.pipe(createPeerInput());
  const rpc = createMessageConnection(createMessageReader(input), createMessageWriter(socket));
  const texts: string[] = [];
  let received = 0;
  let ended: { readonly error: Error | null } | null = null;
  let wake = () => {};
  const end = (error: Error | null) => {
    ended ??= { error };
    wake();
  };
  const hangUp = () => {
    rpc.dispose();
    socket.destroy();
  };
  const cancellation = new CancellationTokenSource();
  const abort = () => end(null);
  const schema = textNotification.params;
  rpc.onNotification(textNotification.method, (message: z.input<typeof schema>) => {
    const checked = schema.safeParse(message);
    if (!checked.success) return end(new Error(`${peer.name} sent what is no text.`));
    received += checked.data.text.length;
    if (received > params.max_tokens * longestToken)
      return end(new Error(`${peer.name} sent too much text.`));
    if (checked.data.logprobs) onLogprobs?.(checked.data.logprobs);
    texts.push(checked.data.text);
    wake();
  });
  input.on('error', ({ message }) => end(new Error(`${peer.name} sent ${message}.`)));
  rpc.onError(() => end(new Error(`${peer.name} sent what is no message.`)));
  socket.once('close', () => {
    end(new Error(`The connection to ${peer.name} broke while it was writing.`));
    rpc.dispose();
  });
  signal.addEventListener('abort', abort, { once: true });
  rpc.listen();
  const answered = rpc.sendRequest(generateRequest.method, params, cancellation.token).then(
    (answer: unknown) => {
      const checked = generateRequest.result.safeParse(answer);
      if (checked.success) onResult(checked.data);
      else onFailure(new Error(`${peer.name} did not say how it ended.`));
      end(null);
    },
    (error: Error) => {
      onFailure(error);
      end(
        error instanceof ResponseError
          ? new RemoteError(`${peer.name}: ${error.message}`, error.data)
          : error,
      );
    },
  );
  try {
    for (;;) {
      yield* texts.splice(0);
      if (texts.length > 0) continue;
      const { error } = ended ?? { error: undefined };
      if (error) throw error;
      if (error === null) return;
      await new Promise<void>((fulfil) => {
        wake = fulfil;
      });
    }
  } finally {
    signal.removeEventListener('abort', abort);
    const { error } = ended ?? { error: null };
    if (error) hangUp();
    else {
      cancellation.cancel();
      const patience = setTimeout(hangUp, lastWordMs);
      void answered.then(() => {
        clearTimeout(patience);
        hangUp();
      });
    }
  }
}
