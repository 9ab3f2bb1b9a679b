/** Fetching the CUDA runtime, with progress, and deleting it. */
import { installRuntimeRequest, removeRuntimeRequest } from '#protocol';
import { withEither } from '../either-signal';
import { onRequest } from './checked';
import type { Feature } from './session';

export const runtimeFeature: Feature = ({ connection, parts, tell, onEnd }) => {
  const { runtime } = parts;
  // A window that closes no longer wants it; what has arrived is kept.
  const ended = new AbortController();
  onEnd(() => ended.abort(new Error('The window was closed.')));

  onRequest(connection, installRuntimeRequest, async ({ workDoneToken }, signal) => {
    const progress = (value: object) => {
      if (workDoneToken !== undefined) tell('$/progress', { token: workDoneToken, value });
    };
    progress({ kind: 'begin', title: 'Installing the CUDA runtime', percentage: 0, cancellable: true });
    let told = '';
    try {
      const installed = await withEither([signal, ended.signal], (either) =>
        runtime.install(either, (now) => {
          const { message, percentage } = now;
          // It is told with every piece that arrives.
          if (told === `${percentage} ${message}`) return;
          told = `${percentage} ${message}`;
          progress({ kind: 'report', message, percentage });
        }),
      );
      return { installed };
    } finally {
      progress({ kind: 'end' });
    }
  });

  onRequest(connection, removeRuntimeRequest, async () => ({ removed: await runtime.remove() }));
  return {};
};
