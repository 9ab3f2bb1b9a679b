/** The page in VS Code: the extension answers, over `postMessage`. It sends nothing while the page is hidden. */
import type { Connection } from './connection';

export function openVscodeConnection(api: VsCodeApi): Connection {
  return {
    isEditor: true,
    start(listener) {
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data));
      api.postMessage({ type: 'ready' });
    },
    send: (action) => api.postMessage(action),
    kept: () => api.getState(),
    keep: (value) => api.setState(value),
  };
}
