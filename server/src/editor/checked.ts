/** Registers a message of the protocol: parameters are checked, and what goes wrong is said in words. */
import {
  type CancellationToken,
  type Connection,
  ErrorCodes,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageserver/node';
import * as z from 'zod';
import type { NotificationMessage, RequestMessage } from '#protocol';

export function onRequest<P extends z.ZodType, R extends z.ZodType>(
  connection: Connection,
  message: RequestMessage<P, R>,
  handle: (params: z.output<P>, signal: AbortSignal) => z.output<R> | Promise<z.output<R>>,
): void {
  // Parameters sent as a list arrive one by one; the token is always the last argument.
  connection.onRequest(message.method, async (...received: unknown[]) => {
    const checked = message.params.safeParse(received[0] ?? {});
    if (!checked.success) throw wrongParams(message.method, checked.error);
    try {
      return await handle(checked.data, toSignal(received.at(-1) as CancellationToken));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ResponseError(LSPErrorCodes.RequestFailed, reason);
    }
  });
}

/** Registers a request of standard LSP. Not by the library's own function for it: that one keeps what it makes of a `workDoneToken`. */
export function onStandardRequest<P extends z.ZodType>(
  connection: Connection,
  method: string,
  schema: P,
  handle: (params: z.output<P>, signal: AbortSignal) => unknown,
): void {
  connection.onRequest(method, (...received: unknown[]) => {
    const checked = schema.safeParse(received[0]);
    if (!checked.success) return wrongParams(method, checked.error);
    return handle(checked.data, toSignal(received.at(-1) as CancellationToken));
  });
}

export function onNotification<P extends z.ZodType>(
  connection: Connection,
  message: NotificationMessage<P>,
  handle: (params: z.output<P>) => void,
): void {
  connection.onNotification(message.method, (params: unknown) => {
    const checked = message.params.safeParse(params ?? {});
    if (checked.success) handle(checked.data);
  });
}

export function wrongParams(method: string, error: z.ZodError): ResponseError<void> {
  return new ResponseError(
    ErrorCodes.InvalidParams,
    `Wrong parameters for ${method}: ${z.prettifyError(error)}`,
  );
}

export function toSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
