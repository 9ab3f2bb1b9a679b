/** One LSP session: an editor window, another editor's language client, or the command line. */
import type { Socket } from 'node:net';
// Not the `createConnection` of "/node": that one ends the process when its client says `exit`.
import { createConnection } from 'vscode-languageserver';
import {
  type Connection,
  createProtocolConnection,
  type InitializeParams,
  type ServerCapabilities,
  StreamMessageWriter,
  TextDocumentSyncKind,
  type TextDocuments,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type InitializationOptions, initializationOptionsSchema } from '#protocol';
import { MessageLimit } from '../message-limit';
import { createMessageReader } from '../message-reader';
import { chatFeature } from './chat';
import { clusterFeature } from './cluster';
import { type Commands, createCommands } from './commands';
import { completionFeature } from './completion';
import { contextFeature } from './context';
import { type ContextSource, createContextSource } from './context-source';
import { createDefinitions, noDefinitions } from './definitions';
import { diagnoseFeature } from './diagnose';
import { createDocuments, type Documents } from './documents';
import { logFeature } from './log';
import { modelsFeature } from './models';
import type { EditorParts } from './parts';
import { placementFeature } from './placement';
import { createProgressMaker, type ProgressMaker } from './progress';
import { runtimeFeature } from './runtime';
import { settingsFeature } from './settings';
import { stateFeature } from './state';
import { stopFeature } from './stop';
import { createWorkspaceFolders, type WorkspaceFolders } from './workspace-folders';

export interface Session {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly onEdit: Documents['onEdit'];
  readonly folders: WorkspaceFolders;
  /** What prompts are told of the workspace. */
  readonly context: ContextSource;
  readonly parts: EditorParts;
  /** What the window told in the handshake, with the settings as they are now. */
  readonly options: InitializationOptions;
  readonly commands: Commands;
  readonly progress: ProgressMaker;
  /** Sends a notification. Never throws: a client that has gone, or does not read, misses it. */
  tell(method: string, params: object): void;
  /** Runs with what the client says of itself; answers with the capabilities that it gets for that. */
  onHandshake(action: (params: InitializeParams) => ServerCapabilities): void;
  /** Runs when the handshake is done. */
  onReady(action: () => void): void;
  /** Runs once, when the connection has ended for whatever reason. */
  onEnd(action: () => void): void;
}

/** Editors do not sync documents over 50 MB; JSON escapes make them a little longer. */
const mostMessageBytes = 64 * 1024 * 1024;
/** Notifications that may wait for a client that does not read (a stopped editor): more would fill the memory. */
const mostUnsent = 500;
/** How long a client that was refused may go on sending. */
const refusalPatienceMs = 10_000;

/** Registers its handlers and answers with the capabilities that it adds. One feature of the editor is one file. */
export type Feature = (session: Session) => ServerCapabilities;

const features: readonly Feature[] = [
  settingsFeature,
  completionFeature,
  contextFeature,
  chatFeature,
  stateFeature,
  modelsFeature,
  placementFeature,
  clusterFeature,
  runtimeFeature,
  diagnoseFeature,
  logFeature,
  stopFeature,
];

export function openSession(socket: Socket, parts: EditorParts): void {
  const greeted: ((params: InitializeParams) => ServerCapabilities)[] = [];
  const ready: (() => void)[] = [];
  const ended: (() => void)[] = [];
  const bounded = socket.pipe(new MessageLimit({ mostBytes: mostMessageBytes }));
  const connection = connect(socket, bounded, parts);
  const { documents, onEdit } = createDocuments();
  const options = initializationOptionsSchema.parse({});
  const folders = createWorkspaceFolders();
  const definitions = createDefinitions(connection);
  const tell = createTell(connection);
  const commands = createCommands(connection);
  const progress = createProgressMaker(connection, tell);
  const session: Session = {
    connection,
    documents,
    onEdit,
    folders,
    context: createContextSource({
      documents,
      folders,
      privateFiles: parts.privateFiles,
      definitionsNear: async (document, line) =>
        options.definitions ? definitions.near(document, line) : noDefinitions,
      now: () => performance.now(),
      onProblem: (err) => parts.log.warn({ err }, 'Prompts are not told what is new in the workspace'),
    }),
    parts,
    options,
    commands,
    progress,
    tell,
    onHandshake: (action) => greeted.push(action),
    onReady: (action) => ready.push(action),
    onEnd: (action) => ended.push(action),
  };
  const capabilities: ServerCapabilities = { textDocumentSync: TextDocumentSyncKind.Incremental };
  for (const feature of features) Object.assign(capabilities, feature(session));
  capabilities.executeCommandProvider = { commands: commands.names() };

  connection.onInitialize((params) => {
    const told = initializationOptionsSchema.safeParse(params.initializationOptions ?? {});
    if (told.success) Object.assign(options, told.data);
    else parts.log.warn(`A client sent settings that were ignored: ${told.error.issues[0]?.message}`);
    if (params.capabilities.window?.workDoneProgress === true) progress.supported();
    for (const action of greeted) Object.assign(capabilities, action(params));
    return { capabilities, serverInfo: { name: 'vramesh', version: parts.version } };
  });
  connection.onInitialized(() => {
    for (const action of ready) action();
  });

  bounded.on('error', ({ message }) => {
    parts.log.warn(`A client was disconnected: it sent ${message}.`);
    refuse(socket, `The host ends this connection: it was sent ${message}.`);
  });
  // A connection may break at any moment; 'close' follows every error.
  socket.on('error', () => {});
  socket.once('close', () => {
    for (const action of ended) action();
    connection.dispose();
  });
  documents.listen(connection);
  connection.listen();
}

/** The host is shared: what a client says about exiting concerns its connection only. */
function connect(socket: Socket, input: NodeJS.ReadableStream, parts: EditorParts): Connection {
  return createConnection(
    (logger) =>
      createProtocolConnection(createMessageReader(input), new StreamMessageWriter(socket), {
        ...logger,
        error: (message) =>
          parts.log.warn(`A client sent what could not be handled: ${message.slice(0, 500)}`),
      }),
    { shutdownReceived: false, initialize: () => {}, exit: () => socket.end() },
  );
}

function createTell(connection: Connection): Session['tell'] {
  let unsent = 0;
  return (method, params) => {
    if (unsent >= mostUnsent) return;
    unsent += 1;
    // The async function turns what is thrown on a closed connection into a rejection, too.
    (async () => connection.sendNotification(method, params))()
      .catch(() => {})
      .finally(() => {
        unsent -= 1;
      });
  };
}

/** What is still coming is read and thrown away: a client that cannot write on would never read why. */
function refuse(socket: Socket, reason: string): void {
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32600, message: reason } });
  socket.end(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  socket.resume();
  const patience = setTimeout(() => socket.destroy(), refusalPatienceMs);
  socket.once('close', () => clearTimeout(patience));
}
