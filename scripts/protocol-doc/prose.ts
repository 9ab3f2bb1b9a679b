/** What the schemas cannot say: who talks to whom over what, and the rules of each conversation. */
import { idleExitSeconds } from '#protocol/attach';
import { json, table } from './markdown';

export const opening = `<!-- Made from protocol/src by "npm run docs". Change the schemas there, not this page. -->

# Protocol

Every message that crosses a process boundary of VRAMesh. The schemas in \`protocol/src\` are the source: the code checks what it
receives against them, and this page is made from them.

${table(
  ['who', 'over what', 'messages'],
  [
    ['editor, command line ↔ host', 'a Unix socket or named pipe', 'LSP, and our own `vramesh/…`'],
    ['scripts, pages → host', 'HTTP on loopback', 'JSON documents'],
    ['host ↔ engine', 'IPC of the child process', '`ToEngine`, `FromEngine`'],
    [
      'client ↔ topology page',
      '`postMessage`',
      '`PageView`, `PageModels`, `PagePreviews`, `PageFailure`; `PageAction`',
    ],
  ],
)}

Rules for all of them:

- What is unknown is \`null\`, never 0. A field whose type does not name \`null\` is always known.
- Sizes are bytes, times are milliseconds, temperatures °C, unless the name or the description says otherwise.
- A reader ignores fields that it does not know, so a newer peer can say more.`;

export const attach = `There is one host per user and machine. Whoever wants it finds it like this; \`protocol/src/attach.ts\` is the code.

1. **The home folder** is \`VRAMESH_HOME\`. Where that is not set, it is \`$XDG_DATA_HOME/vramesh\` or \`~/.local/share/vramesh\` on Linux,
   \`~/Library/Application Support/VRAMesh\` on macOS, \`%LOCALAPPDATA%\\VRAMesh\` on Windows. Its path is made absolute first.
2. **The socket** is \`host.sock\` in it. If that path is longer than 92 bytes, which some systems refuse, it is
   \`vramesh-UID-HASH/host.sock\` in the folder for temporary files. On Windows it is the pipe \`\\\\.\\pipe\\vramesh-HASH\`. \`HASH\` is the first 16
   hexadecimal digits of the SHA-256 of the home folder's path. Only the user may enter the folder; there is no further login.
3. **Connect.** If somebody answers, that is the host.
4. **Else start one**: \`vramesh serve --detached --idle-exit ${idleExitSeconds}\`, that is \`dist/vramesh.js\` under the runtime that is running already
   (\`process.execPath\` with \`ELECTRON_RUN_AS_NODE=1\`), in a session of its own, with \`VRAMESH_HOME\` set. Then keep connecting until it answers;
   after some 15 s, give up.
5. **A race is fine.** Of hosts that start together all but one end; every starter keeps trying the socket and meets the one that stayed.
   What a host writes to stderr before it ends is the reason to show when none stayed.

A host that was started this way goes after ${idleExitSeconds / 60} minutes without clients and without a model that a user placed. One that a user started
with \`vramesh serve\` stays.

${table(
  ['environment', 'meaning'],
  [
    ['`VRAMESH_HOME`', 'the folder of all state'],
    ['`VRAMESH_NVML_LIBRARY`', 'path of the NVML library to load'],
    ['`VRAMESH_BACKEND`', '`auto`, `cuda`, `vulkan`, `metal` or `cpu`'],
    ['`VRAMESH_LOG`', 'level of the log: `debug`, `info`, `warn` or `error`'],
  ],
)}`;

export const editor = `Each connection to the socket is one session of the [Language Server Protocol](https://microsoft.github.io/language-server-protocol/): JSON-RPC 2.0
behind \`Content-Length\` headers. \`vramesh lsp --stdio\` passes the same bytes over stdin and stdout, for editors that start their
servers themselves. \`shutdown\` and \`exit\` end the session; the host goes on for the others.

From the standard:

${table(
  ['message', 'use'],
  [
    ['`initialize`', '`initializationOptions` is an [InitializationOptions](#initializationoptions)'],
    ['`workspaceFolders`, `workspace/didChangeWorkspaceFolders`', 'what files are called in a prompt'],
    ['`textDocument/didOpen`, `didChange`, `didSave`, `didClose`', 'incremental sync'],
    ['`textDocument/inlineCompletion`', 'the completion at the cursor: one item or none'],
    ['`workspace/didChangeConfiguration`', '`settings` is a [Settings](#settings)'],
    ['`$/progress`', 'begin, percentage and end of placing a model; parts of an answer in a chat'],
    ['`$/cancelRequest`', 'ends the decode, or the placing, within one token'],
    ['`window/logMessage`', "the host's log"],
  ],
)}

A completion, asked for by the user (\`triggerKind\` 1; 2 is for one that comes by itself, after the debounce):

${json(
  {
    method: 'textDocument/inlineCompletion',
    params: {
      textDocument: { uri: 'file:///sum.ts' },
      position: { line: 2, character: 26 },
      context: { triggerKind: 1 },
    },
  },
  {
    result: {
      items: [
        {
          insertText: 'length; i++) {',
          range: { start: { line: 2, character: 26 }, end: { line: 2, character: 26 } },
        },
      ],
    },
  },
)}

Errors carry words for the user:

${table(
  ['code', 'when'],
  [
    ['-32601', 'there is no such request'],
    ['-32602', 'wrong parameters; the message names the field'],
    ['-32803', 'the request failed; the message says why and what to do'],
    ['-32600', 'a message over 64 MiB, or no LSP at all; the connection is closed'],
  ],
)}

Our own messages:`;

export const state = `Everything that VRAMesh knows right now, in one document: \`vramesh/state\` carries it to every window, \`GET /state\` and \`GET /events\` to
scripts. It is sent whole on each change, at most five times a second; nobody has to put parts together.`;

export const http = `[api.md](api.md) has the calls, with examples for each. \`GET /state\` answers with a [State](#state); the other documents are:

${table(
  ['call', 'document'],
  [
    ['`GET /health`', '[Health](#health)'],
    ['`GET /gpu/info`', '[GpuInfo](#gpuinfo)'],
    ['any status of 400 or more', '[ApiError](#apierror)'],
  ],
)}`;

export const engine = `An engine is a child process that runs llama.cpp for one instance. It loads one model in its life, with its first message, and then
generates: several requests side by side, each known by the \`id\` that the host gave it. It is trusted but fragile, so nothing
here needs an answer to stay correct: when the process is gone, every open request has failed. It ends when its host does.

After a \`load\` come any number of \`progress\`, then one \`loaded\` or \`load_failed\`. After a \`generate\` come any number of \`token\`, then
one \`done\` or \`generate_failed\`. An \`abort\` is heard between two tokens and ends the request with a \`done\`. The life of an engine, both directions:`;

export const page = `The page shows what it is given, in a VS Code panel and in the side bar. What it sends is untrusted: the client checks it, and
does no more than it would for a click of the user. The same page is served at \`GET /\`: there it asks the HTTP API for the same
things, and what only an editor can do is not offered.`;

export const mesh = `Hosts speak over TLS 1.3, with both certificates checked against the roster before a byte of a message is read. Each
connection begins with one frame each way: 4 bytes of length, big-endian, then JSON; a [Hello](#hello) and a
[HelloAnswer](#helloanswer). A higher minor version only adds, another major version is refused in words. What follows is
JSON-RPC (\`control\`, \`completion\`), or for a joining connection one frame more each way: a
[JoinRequest](#joinrequest) and a [JoinAnswer](#joinanswer). What a peer sends is checked against the schemas below, and
its sizes and rates are limited.`;
