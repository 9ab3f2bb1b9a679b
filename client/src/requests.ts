/** Messages of the protocol, sent by this window. */
import { t } from '@vscode/l10n';
import type { CancellationToken } from 'vscode';
import type * as z from 'zod';
import type { RequestMessage } from '#protocol';
import { connectToHost, homeFolder } from '#protocol/attach';
import type { Vramesh } from './vramesh';

/** Rejects, in words, when there is no host or when it refuses. */
export async function request<P extends z.ZodType, R extends z.ZodType>(
  { client, problem }: Vramesh,
  message: RequestMessage<P, R>,
  params: z.input<P>,
  token?: CancellationToken,
): Promise<z.output<R>> {
  if (!client.isRunning())
    throw new Error(problem ?? t('The host is not running yet. Try again in a moment.'));
  // A token of `undefined` would be sent as a second parameter.
  return token
    ? client.sendRequest(message.method, params, token)
    : client.sendRequest(message.method, params);
}

const pollMs = 50;

/** Resolves when nobody answers at the host's socket any more. */
export async function hostHasEnded(): Promise<void> {
  for (;;) {
    const socket = await connectToHost(homeFolder()).catch(() => null);
    if (!socket) return;
    socket.destroy();
    await new Promise((wake) => setTimeout(wake, pollMs));
  }
}
