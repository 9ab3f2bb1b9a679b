/**
 * `$/progress` of long work: on the token that the client has sent, or on one that it is asked to make where it can. The
 * work never waits for that, and a client that knows no progress simply hears of none.
 */
import { randomUUID } from 'node:crypto';
import type { Connection } from 'vscode-languageserver/node';
import * as z from 'zod';

export const progressTokenSchema = z.union([z.string().max(256), z.number()]);
export type ProgressToken = z.infer<typeof progressTokenSchema>;

export interface Progress {
  /** Of the work, from 0 to 1. */
  report(fraction: number): void;
  end(): void;
  /** The user has had enough. */
  readonly cancelled: AbortSignal;
}

export interface ProgressMaker {
  /** On a token of the client; null: it does not want to hear of it. */
  begin(title: string, token: ProgressToken | null): Progress;
  /** On a token that the client is asked to make. */
  create(title: string): Progress;
  /** The client has said that tokens may be made for it. */
  supported(): void;
}

const cancelSchema = z.object({ token: progressTokenSchema });

export function createProgressMaker(
  connection: Connection,
  tell: (method: string, params: object) => void,
): ProgressMaker {
  const running = new Map<ProgressToken, AbortController>();
  let canCreate = false;

  async function created(token: ProgressToken): Promise<boolean> {
    try {
      await connection.sendRequest('window/workDoneProgress/create', { token });
      return true;
    } catch {
      return false;
    }
  }

  /** @param isReady when the client knows the token; false: it never will. */
  function start(title: string, token: ProgressToken, isReady: boolean | Promise<boolean>): Progress {
    const controller = new AbortController();
    let isOpen = false;
    let hasEnded = false;
    let percentage = 0;
    const send = (value: object) => tell('$/progress', { token, value });
    const open = (ready: boolean) => {
      if (!ready || hasEnded) return;
      isOpen = true;
      send({ kind: 'begin', title, percentage, cancellable: true });
    };

    running.set(token, controller);
    if (typeof isReady === 'boolean') open(isReady);
    else void isReady.then(open);
    return {
      cancelled: controller.signal,
      report(fraction) {
        percentage = Math.round(fraction * 100);
        if (isOpen) send({ kind: 'report', percentage });
      },
      end() {
        hasEnded = true;
        running.delete(token);
        if (isOpen) send({ kind: 'end' });
      },
    };
  }

  return {
    begin: (title, token) => start(title, token ?? randomUUID(), token !== null),
    create(title) {
      const token = randomUUID();
      return start(title, token, canCreate && created(token));
    },
    supported() {
      canCreate = true;
      connection.onNotification('window/workDoneProgress/cancel', (params: unknown) => {
        const checked = cancelSchema.safeParse(params);
        if (checked.success) running.get(checked.data.token)?.abort(new Error('It was cancelled.'));
      });
    },
  };
}
