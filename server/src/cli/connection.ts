/** The command line's connection to the host: the same socket and the same messages as an editor's. */
import { pathToFileURL } from 'node:url';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type * as z from 'zod';
import { type RequestMessage, type State, stateNotification } from '#protocol';
import { attach, connectToHost, homeFolder } from '#protocol/attach';

export interface HostConnection {
  /** Rejects, in words, with what the host said. An aborted signal cancels the request in the host. */
  request<P extends z.ZodType, R extends z.ZodType>(
    message: RequestMessage<P, R>,
    params: z.input<P>,
    signal?: AbortSignal,
  ): Promise<z.output<R>>;
  /** A message of standard LSP. */
  send(method: string, params: object): Promise<unknown>;
  notify(method: string, params: object): Promise<void>;
  onNotification(method: string, listener: (params: unknown) => void): void;
  /** The state now and after each change, until `listener` answers true. Rejects when the host ends. */
  watch(listener: (state: State) => boolean): Promise<void>;
  /** Like `watch`, but only what the host tells from now on: the last state may be older than an answer of the host. */
  watchChanges(listener: (state: State) => boolean): Promise<void>;
  close(): void;
}

/** Connects to the host, starting one where there is none; with a folder that is open, as in an editor. */
export async function openConnection(folder: string | null = null): Promise<HostConnection> {
  return handshake(await attach({ home: homeFolder(), program: __filename }), folder);
}

/** Connects to a running host; `null` when there is none. */
export async function openRunning(): Promise<HostConnection | null> {
  const socket = await connectToHost(homeFolder()).catch(() => null);
  return socket && handshake(socket, null);
}

/** The reader works through what it has, message by message, after the connection has ended: that comes first. */
const lastWordsMs = 100;

async function handshake(socket: NodeJS.ReadWriteStream, folder: string | null): Promise<HostConnection> {
  const rpc = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  const states = new Set<(state: State) => void>();
  const ended = new Promise<never>((_fulfil, reject) => {
    rpc.onClose(() => setTimeout(() => reject(new Error('The host ended.')), lastWordsMs));
  });
  ended.catch(() => {});
  let last: State | null = null;
  rpc.onNotification(stateNotification.method, (state: State) => {
    last = state;
    for (const listener of states) listener(state);
  });
  rpc.listen();
  await initialize(rpc, ended, folder);

  async function watchChanges(listener: (state: State) => boolean): Promise<void> {
    const enough = new Promise<void>((fulfil) => {
      const look = (state: State) => {
        if (!listener(state)) return;
        states.delete(look);
        fulfil();
      };
      states.add(look);
    });
    await Promise.race([enough, ended]);
  }

  return {
    async request(message, params, signal) {
      const cancel = new CancellationTokenSource();
      if (signal?.aborted) cancel.cancel();
      signal?.addEventListener('abort', () => cancel.cancel(), { once: true });
      const answer = rpc.sendRequest(message.method, params, cancel.token);
      return message.result.parse(await Promise.race([answer, ended]));
    },
    send: (method, params) => Promise.race([rpc.sendRequest(method, params), ended]),
    notify: (method, params) => rpc.sendNotification(method, params),
    onNotification: (method, listener) => void rpc.onNotification(method, listener),
    watch: async (listener) => {
      if (!(last && listener(last))) await watchChanges(listener);
    },
    watchChanges,
    close() {
      rpc.dispose();
      socket.end();
    },
  };
}

async function initialize(
  rpc: MessageConnection,
  ended: Promise<never>,
  folder: string | null,
): Promise<void> {
  const params = {
    processId: process.pid,
    rootUri: folder === null ? null : pathToFileURL(folder).href,
    capabilities: {},
    initializationOptions: { client: 'cli' },
  };
  await Promise.race([rpc.sendRequest('initialize', params), ended]);
  await rpc.sendNotification('initialized', {});
}
