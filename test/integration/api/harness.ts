/** A running API over a stub of the host, and requests as raw as a test needs them. */
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import pino, { type Logger } from 'pino';
import type { State } from '#protocol';
import { type ApiParts, createGenerating } from '../../../server/src/api';
import { createLines } from '../../../server/src/sharing';
import {
  lostGpu,
  sampleGpu,
  sampleInstance,
  sampleNode,
  samplePreview,
  sampleState,
} from '../../unit/api/sample-state';

export const state = sampleState(
  [sampleNode([sampleGpu(), lostGpu({ index: 1 })]), sampleNode([])],
  [sampleInstance()],
);

/** What the API gets from the host, with the number of those who watch. */
/** No model is placed. */
const answerers = { find: async () => ({ kind: 'unknown' as const }), list: () => [] };

export function createParts() {
  let current = state;
  const listeners = new Set<(state: State) => void>();
  const lookers = new Set<object>();
  return {
    version: '1.2.3',
    pageFolder: path.resolve('dist'),
    listeners,
    lookers,
    state: () => current,
    onChange(listener: (state: State) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look() {
      const looker = {};
      lookers.add(looker);
      return () => lookers.delete(looker);
    },
    ...placementParts(),
    metrics: { text: async () => 'up 1\n' },
    answerers,
    generating: createGenerating({
      answerers,
      lines: createLines(),
      placeOnRequest: () => false,
      observer: { answered() {}, generated() {} },
    }),
    change(next: State) {
      current = next;
      for (const listener of listeners) listener(next);
    },
  } satisfies ApiParts & Record<string, unknown>;
}

/** One model, one device that holds it, and one that does not; the instance of the state document is the only one. */
function placementParts(): Pick<
  ApiParts,
  'planner' | 'previews' | 'modelsElsewhere' | 'instances' | 'catalogue'
> {
  const [placed] = state.instances;
  if (!placed) throw new Error('The sample state has no instance.');
  return {
    catalogue: () => [],
    modelsElsewhere: () => [],
    planner: {
      listing: async () => [
        {
          model: placed.model,
          facts: null,
          problem: null,
          fit: 'gpu',
          instances: [placed.id],
          deletable: false,
        },
      ],
    },
    previews: {
      async of(modelId, wishes) {
        if (modelId !== placed.model.id) throw new Error(`There is no model "${modelId}".`);
        const fits = samplePreview({
          context_size: wishes.context_size ?? 4096,
          sequences: wishes.sequences,
        });
        const refused = samplePreview({ id: 'cpu', kind: 'cpu', error: '2.0 GiB of RAM are missing.' });
        return wishes.prefer_gpu ? [fits, refused] : [refused];
      },
    },
    instances: {
      list: () => state.instances,
      async place({ modelId, onChange }) {
        if (modelId !== placed.model.id) throw new Error(`There is no model "${modelId}".`);
        onChange({ ...placed, state: 'placing' });
        onChange({ ...placed, state: 'loading' });
        return placed;
      },
      async unplace(id) {
        if (id !== placed.id) throw new Error(`There is no instance "${id}".`);
      },
    },
  };
}

/** A log that keeps its lines. */
export function createLog(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  return { log: pino({ level: 'info' }, { write: (line) => lines.push(line) }), lines };
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Sends a request with exactly these headers besides `Host`, which `fetch` would not let a test choose. */
export async function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: http.OutgoingHttpHeaders; body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  const request = http.request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body: text };
}

/** Sends bytes as they are, and gives what comes back until the server ends the connection. */
export async function askRaw(port: number, bytes: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.setEncoding('utf8').write(bytes);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

/** Opens the event stream; the answer's body is left to the test. */
export async function listen(port: number): Promise<http.IncomingMessage> {
  const request = http.get({ host: '127.0.0.1', port, path: '/events', agent: false });
  request.on('error', () => {});
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.on('error', () => {});
  return response;
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
