import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { ErrorCodes } from 'vscode-jsonrpc/node';
import { getStateRequest, placeRequest, previewsRequest } from '#protocol';
import { cleanUp, type HostUnderTest, logOf, startHost } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { settled, until } from '../../support/until';

const mebibyte = 1024 * 1024;

function frame(message: unknown): string {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Everything that the host sends until it ends the connection. */
async function answerTo(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await settled('end of the connection', once(socket, 'close'));
  return text;
}

describe('host: bad input', () => {
  let host: HostUnderTest;
  let bystander: LspClient;
  before(async () => {
    host = await startHost();
    bystander = await host.lsp();
  });
  // Whatever one client does, the host and the sessions of the others live on.
  afterEach(async () => {
    const { topology } = await bystander.request(getStateRequest, {});
    assert.equal(topology.nodes[0]?.node_id, host.ready.node_id);
    await bystander.stateIs('ready model', ({ instances }) => instances[0]?.state === 'ready');
    assert.equal(host.process.exitCode, null);
  });
  after(cleanUp);

  it('an unknown method gets MethodNotFound', async () => {
    const lsp = await host.lsp();
    await assert.rejects(lsp.send('vramesh/makeCoffee', {}), { code: ErrorCodes.MethodNotFound });
    await lsp.request(getStateRequest, {});
  });

  const wrongParams: [method: string, params: unknown, says: RegExp][] = [
    ['vramesh/place', {}, /model_id/],
    ['vramesh/place', { model_id: 7 }, /expected string/],
    ['vramesh/place', { model_id: '' }, /model_id/],
    ['vramesh/place', { model_id: 'x'.repeat(5000) }, /4096/],
    ['vramesh/place', { model_id: 'vramesh-tiny', context_size: 0.5 }, /context_size/],
    ['vramesh/place', ['vramesh-tiny'], /./],
    ['vramesh/unplace', { instance_id: null }, /instance_id/],
    ['textDocument/inlineCompletion', { position: { line: 0, character: 0 } }, /textDocument/],
    ['textDocument/inlineCompletion', { textDocument: { uri: 'a' }, position: { line: -1 } }, /position/],
  ];
  for (const [method, params, says] of wrongParams) {
    const shown = JSON.stringify(params).slice(0, 60);
    it(`${method} with ${shown} gets InvalidParams in words`, async () => {
      const lsp = await host.lsp();
      await assert.rejects(lsp.send(method, params), (error: Error & { code?: number }) => {
        assert.equal(error.code, ErrorCodes.InvalidParams);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it('notifications that make no sense are passed over', async () => {
    const lsp = await host.lsp();
    const nonsense: [string, object][] = [
      ['vramesh/looking', { looking: 'maybe' }],
      ['workspace/didChangeConfiguration', { settings: { completions: 'yes' } }],
      ['workspace/didChangeConfiguration', {}],
      ['textDocument/didOpen', {}],
      ['textDocument/didOpen', { textDocument: { uri: 1, text: {} } }],
      ['textDocument/didChange', { textDocument: { uri: 'file:///unknown', version: 1 }, contentChanges: 3 }],
      ['textDocument/didClose', { textDocument: null }],
      ['$/cancelRequest', { id: 'never asked' }],
      ['$/nobodyKnows', {}],
    ];
    for (const [method, params] of nonsense) await lsp.notify(method, params);
    await lsp.request(getStateRequest, {});
  });

  it('a cursor outside of everything gets no completion', async () => {
    const lsp = await host.lsp();
    await lsp.open('file:///short.ts', 'let a\n');
    assert.deepEqual(await lsp.complete('file:///never-opened.ts', 0, 0), []);
    // As LSP has it: a position behind the end means the end. What matters is that there is an answer.
    assert.ok(Array.isArray(await lsp.complete('file:///short.ts', 1_000_000, 1_000_000)));
  });

  it('messages that are no JSON-RPC are passed over, and the session goes on', async () => {
    const socket = await host.connect();
    const request = { jsonrpc: '2.0', id: 'after', method: 'vramesh/models', params: {} };
    const nonsense = ['{', 'null', '[]', '"text"', '{"jsonrpc":"2.0"}', '{"id":null,"result":1}', '\u0000'];
    socket.write([...nonsense, request].map(frame).join(''));
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    await until('answer', () => text.includes('"id":"after"'));
    assert.match(text, /vramesh-tiny/);
    socket.destroy();
  });

  it('a message that announces 100 MB is refused in words, in the log too', async () => {
    const socket = await host.connect();
    const answer = answerTo(socket);
    socket.write(`Content-Length: ${100 * mebibyte}\r\n\r\n{"jsonrpc":`);
    assert.match(await answer, /"error":.*message of 104857600 bytes, where at most 67108864 are allowed/);
    assert.match(logOf(host.home), /A client was disconnected: it sent a message of 104857600 bytes/);
  });

  it('a message that is sent with its 100 MB is refused in words, without being kept', async () => {
    const socket = await host.connect();
    const answer = answerTo(socket);
    socket.on('error', () => {});
    socket.write(`Content-Length: ${100 * mebibyte}\r\n\r\n`);
    for (let sent = 0; sent < 100; sent++) socket.write(Buffer.alloc(mebibyte, 'x'));
    assert.match(await answer, /message of 104857600 bytes/);
  });

  it('a document of 20 MB is no trouble', async () => {
    const lsp = await host.lsp();
    await lsp.open('file:///large.ts', 'let a = 1;\n'.repeat((20 * mebibyte) / 11));
    assert.ok(Array.isArray(await lsp.complete('file:///large.ts', 1000, 3)));
  });

  const garbage: [what: string, bytes: string | Buffer][] = [
    ['HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a header without end', 'x'.repeat(64 * 1024)],
    ['a length that is no number', 'Content-Length: many\r\n\r\n{}'],
    ['a negative length', 'Content-Length: -1\r\n\r\n{}'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 99999999999\r\n\r\n{}'],
    ['bytes of any kind', Buffer.from(Array.from({ length: 32 * 1024 }, (_, index) => (index * 7919) % 256))],
  ];
  for (const [what, bytes] of garbage) {
    it(`${what} is refused in words, and the connection ended`, async () => {
      const socket = await host.connect();
      const answer = answerTo(socket);
      socket.on('error', () => {});
      socket.write(bytes);
      assert.match(await answer, /"error":.*The host ends this connection: it was sent a header/);
    });
  }

  it('half a message and a cut connection', async () => {
    for (const part of ['Content-Le', 'Content-Length: 100\r\n\r\n{"jsonrpc":"2.0","id":1,"meth']) {
      const socket = await host.connect();
      await new Promise((fulfil) => socket.write(part, fulfil));
      socket.destroy();
      await once(socket, 'close');
    }
  });

  it('200 connections that vanish, some in the handshake', async () => {
    const initialize = frame({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { processId: null, capabilities: {} },
    });
    const initialized = frame({ jsonrpc: '2.0', method: 'initialized', params: {} });
    const said = ['', initialize, initialize + initialized, (initialize + initialized).slice(0, 40)];
    const sockets = await Promise.all(Array.from({ length: 200 }, () => host.connect()));
    for (const [index, socket] of sockets.entries()) {
      socket.on('error', () => {});
      socket.write(said[index % said.length] ?? '');
    }
    for (const [index, socket] of sockets.entries()) index % 2 === 0 ? socket.destroy() : socket.end();
  });

  it('a window that vanishes while its model is being placed: what was placed before comes back', async () => {
    const [before] = (await bystander.request(getStateRequest, {})).instances;
    const socket = await host.connect();
    const place = { model_id: 'vramesh-tiny', context_size: 700, workDoneToken: 'p' };
    socket.write(frame({ jsonrpc: '2.0', id: 1, method: placeRequest.method, params: place }));
    await bystander.stateIs('its instance', ({ instances }) =>
      instances.some(({ id, state }) => id !== before?.id && state !== 'ready'),
    );
    socket.destroy();
    const { instances } = await bystander.stateIs('another instance that is ready', ({ instances: [now] }) =>
      Boolean(now?.state === 'ready' && now.id !== before?.id),
    );
    assert.equal(instances.length, 1);
    assert.equal(instances[0]?.placed_by, 'default');
    assert.equal(instances[0]?.context_size, before?.context_size);
  });

  it('a window that vanishes before anything was removed for it: what is placed stays', async () => {
    const [before] = (await bystander.request(getStateRequest, {})).instances;
    const socket = await host.connect();
    const place = { model_id: 'vramesh-tiny', context_size: 600 };
    socket.end(frame({ jsonrpc: '2.0', id: 1, method: placeRequest.method, params: place }));
    await once(socket, 'close');
    await bystander.request(previewsRequest, { model_id: 'vramesh-tiny', context_size: 600 });
    const { instances } = await bystander.request(getStateRequest, {});
    assert.deepEqual(
      instances.map(({ id, state }) => [id, state]),
      [[before?.id, 'ready']],
    );
  });

  it('a client that ends its side, does not read, and stays', async () => {
    const socket = await host.connect();
    socket.pause();
    const request = { jsonrpc: '2.0', method: getStateRequest.method, params: {} };
    const requests = Array.from({ length: 2000 }, (_, id) => frame({ ...request, id })).join('');
    const initialized = frame({ jsonrpc: '2.0', method: 'initialized', params: {} });
    socket.end(initialized + requests);
    // Changes are told to everyone, so also to this one.
    const placed = await bystander.request(placeRequest, { model_id: 'vramesh-tiny' });
    assert.equal(placed.instance.state, 'ready');
    socket.destroy();
  });
});

describe('host: a terminal that goes away', () => {
  afterEach(cleanUp);

  it('costs lines there, not the host', async () => {
    const host = await startHost();
    host.process.stderr?.destroy();
    const lsp = await host.lsp();
    const { instance } = await lsp.request(placeRequest, { model_id: 'vramesh-tiny', context_size: 512 });
    assert.equal(instance.context_size, 512);
    await lsp.request(getStateRequest, {});
    assert.equal(host.process.exitCode, null);
  });
});
