/** A language client for tests: shakes hands with a host, remembers what the host tells it, and can misbehave. */
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type * as z from 'zod';
import {
  definitionsRequest,
  type initializationOptionsSchema,
  type RequestMessage,
  type State,
  stateNotification,
} from '#protocol';
import { settled, until } from './until';

export interface CompletionItem {
  readonly insertText: string;
  readonly range?: object;
}

export interface Told {
  readonly method: string;
  readonly params: unknown;
}

export interface LspClient {
  readonly capabilities: Record<string, unknown>;
  /** Everything that the host told, in order. */
  readonly told: readonly Told[];
  /** A message of the protocol; the answer is checked against its schema. An aborted signal sends a cancel. */
  request<P extends z.ZodType, R extends z.ZodType>(
    message: RequestMessage<P, R>,
    params: z.input<P>,
    signal?: AbortSignal,
  ): Promise<z.output<R>>;
  send(method: string, params?: unknown, signal?: AbortSignal): Promise<unknown>;
  notify(method: string, params: object): Promise<void>;
  /** The state, as the host told it last, once it is so. */
  stateIs(what: string, condition: (state: State) => boolean): Promise<State>;
  open(uri: string, text: string, languageId?: string): Promise<void>;
  /** What an explicit trigger shows at a place; lines and characters count from 0. */
  complete(uri: string, line: number, character: number, signal?: AbortSignal): Promise<CompletionItem[]>;
  /** Settles when the connection has ended, from whichever side. */
  readonly ended: Promise<void>;
  close(): void;
}

export type LspOptions = z.input<typeof initializationOptionsSchema>;

/** What an editor has besides documents. */
export interface Workspace {
  readonly folders?: readonly { readonly uri: string; readonly name: string }[];
  /** Answers `vramesh/definitions`. */
  readonly definitions?: (params: unknown) => unknown;
  /** What it says that it can, besides. */
  readonly capabilities?: object;
  /** Answers `window/workDoneProgress/create`. */
  readonly createProgress?: (params: unknown) => unknown;
}

const invokedByUser = 1;

/** What a client reads from and writes to: twice the same socket, or a child process's stdout and stdin. */
export interface Ends {
  readonly reader: NodeJS.ReadableStream;
  readonly writer: NodeJS.WritableStream;
}

/** Resolves when the handshake is done. */
export async function connectLsp(
  { reader, writer }: Ends,
  options: LspOptions = {},
  { folders, definitions, capabilities: more, createProgress }: Workspace = {},
): Promise<LspClient> {
  // A test may kill the host; what fails then is said by the requests.
  reader.on('error', () => {});
  writer.on('error', () => {});
  const rpc = createMessageConnection(new StreamMessageReader(reader), new StreamMessageWriter(writer));
  const told: Told[] = [];
  let last: State | null = null;
  const listen = (method: string, params: unknown) => {
    told.push({ method, params });
    if (method === stateNotification.method) last = stateNotification.params.parse(params);
  };
  rpc.onNotification(listen);
  // The library has a handler of its own for this one.
  rpc.onNotification('$/progress', (params: unknown) => listen('$/progress', params));
  const ended = new Promise<void>((fulfil) => {
    // The reader works through what it has, message by message, after the connection has ended: that comes first.
    rpc.onClose(() => setTimeout(fulfil, 100));
    rpc.onDispose(fulfil);
  });
  if (definitions) rpc.onRequest(definitionsRequest.method, definitions);
  if (createProgress) rpc.onRequest('window/workDoneProgress/create', createProgress);
  rpc.listen();

  const send = (method: string, params?: unknown, signal?: AbortSignal) =>
    settled(`answer to ${method}`, Promise.race([ask(rpc, method, params, signal), lost(ended, method)]));
  const { capabilities } = (await send('initialize', {
    processId: process.pid,
    rootUri: null,
    ...(folders && { workspaceFolders: folders }),
    capabilities: { workspace: { workspaceFolders: folders !== undefined }, ...more },
    initializationOptions: options,
  })) as { capabilities: Record<string, unknown> };
  await rpc.sendNotification('initialized', {});

  return {
    capabilities,
    told,
    send,
    ended,
    request: async (message, params, signal) =>
      message.result.parse(await send(message.method, params, signal)),
    notify: (method, params) => rpc.sendNotification(method, params),
    stateIs: (what, condition) => until(what, () => (last && condition(last) ? last : null)),
    open: (uri, text, languageId = 'typescript') =>
      rpc.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } }),
    async complete(uri, line, character, signal) {
      const params = {
        textDocument: { uri },
        position: { line, character },
        context: { triggerKind: invokedByUser },
      };
      const answer = (await send('textDocument/inlineCompletion', params, signal)) as {
        items: CompletionItem[];
      };
      return answer.items;
    },
    close() {
      rpc.dispose();
      writer.end();
    },
  };
}

function ask(
  rpc: MessageConnection,
  method: string,
  params: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const cancel = new CancellationTokenSource();
  if (signal?.aborted) cancel.cancel();
  signal?.addEventListener('abort', () => cancel.cancel(), { once: true });
  return rpc.sendRequest(method, params, cancel.token);
}

async function lost(ended: Promise<void>, method: string): Promise<never> {
  await ended;
  throw new Error(`The connection ended before ${method} was answered.`);
}
