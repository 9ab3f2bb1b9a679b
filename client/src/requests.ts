/** Messages of the protocol, sent by this window. */
import { t } from '@vscode/l10n';
import type { CancellationToken } from 'vscode';
import type * as z from 'zod';
import type { RequestMessage } from '#protocol';
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
