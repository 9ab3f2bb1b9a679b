/**
 * The page in a browser: the host answers, over its HTTP API. State comes as server-sent events, and none while the page
 * is hidden. What only an editor can do is not offered by the page, and not answered here.
 */
import type { PageAction } from '#protocol';
import type { Connection } from './connection';

const key = 'vramesh';
const unreachable =
  'The host does not answer. Start it with "vramesh serve", or open VS Code; this page then goes on by itself.';
const retryMs = 2000;

type Say = (message: object) => void;

export function openHttpConnection(): Connection {
  let say: Say = () => {};
  let events: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function watch(): void {
    stop();
    if (document.hidden) return;
    events = new EventSource('/events');
    events.addEventListener('state', ({ data }: MessageEvent<string>) => {
      say({ type: 'view', state: parsed(data), problem: null });
    });
    events.addEventListener('error', () => {
      say({ type: 'view', state: null, problem: unreachable });
      // A browser gives up by itself after some answers: then it is for the page to try again.
      if (events?.readyState === EventSource.CLOSED) retry = setTimeout(watch, retryMs);
    });
  }

  function stop(): void {
    clearTimeout(retry);
    events?.close();
    events = null;
  }

  return {
    isEditor: false,
    start(listener) {
      say = listener;
      document.addEventListener('visibilitychange', watch);
      window.addEventListener('pagehide', stop);
      window.addEventListener('pageshow', ({ persisted }) => {
        if (persisted) watch();
      });
      watch();
    },
    send: (action) => void answer(action, say),
    kept: () => parsed(sessionStorage.getItem(key) ?? ''),
    keep(value) {
      try {
        sessionStorage.setItem(key, JSON.stringify(value));
      } catch {
        // The storage is full or switched off: the page only forgets what it showed.
      }
    },
  };
}

/** Never rejects. */
async function answer(action: PageAction, say: Say): Promise<void> {
  switch (action.type) {
    case 'models':
      return ask('/models').then(
        (answered) => say({ ...answered, type: 'models', problem: null }),
        (error: Error) => say({ type: 'models', models: [], elsewhere: [], problem: error.message }),
      );
    case 'previews': {
      const { model_id, wishes } = action;
      const asked = { type: 'previews', model_id, wishes };
      return ask(`/instance/previews?${query({ model_id, ...wishes })}`).then(
        (answered) => say({ ...answered, ...asked, problem: null }),
        (error: Error) => say({ ...asked, previews: [], problem: error.message }),
      );
    }
    case 'place': {
      const { model_id, preview_id, wishes } = action;
      return orSay(ask('/place_instance', 'POST', { ...wishes, model_id, preview_id }), say);
    }
    case 'unplace':
      return orSay(ask(`/instance/${encodeURIComponent(action.instance_id)}`, 'DELETE'), say);
    default:
      return;
  }
}

/** Lists have commas. */
function query(values: object): URLSearchParams {
  return new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

async function orSay(asked: Promise<unknown>, say: Say): Promise<void> {
  await asked.catch((error: Error) => say({ type: 'failure', problem: error.message }));
}

/** The answer's body, as it came. Rejects with the host's own words. */
async function ask(path: string, method = 'GET', body?: object): Promise<object> {
  const response = await fetch(path, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  }).catch(() => {
    throw new Error(unreachable);
  });
  const answered = parsed(await response.text());
  if (response.ok && typeof answered === 'object' && answered !== null) return answered;
  throw new Error(problemIn(answered) ?? `The host answered ${response.status}.`);
}

function problemIn(answered: unknown): string | null {
  if (typeof answered !== 'object' || answered === null || !('error' in answered)) return null;
  const { error } = answered;
  const isSaid = typeof error === 'object' && error !== null && 'message' in error;
  return isSaid && typeof error.message === 'string' ? error.message : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
