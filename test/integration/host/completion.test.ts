import assert from 'node:assert/strict';
import { diagnoseRequest, getStateRequest, placeRequest } from '#protocol';
import { cleanUp, enginePid, gone, type HostUnderTest, startHost } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { until } from '../../support/until';

const loop = 'for (let i = 0; i < arr.\n  sum += arr[i];\n}\n';
const atLoop = { line: 0, character: 24 };
const answer = 'length; i++) {';

function ready(lsp: LspClient) {
  return lsp.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');
}

describe('host: completions by the embedded model', () => {
  let host: HostUnderTest;
  let lsp: LspClient;
  before(async () => {
    host = await startHost();
    lsp = await host.lsp();
    await ready(lsp);
  });
  after(cleanUp);

  const completeLoop = (session: LspClient, uri: string) =>
    session.complete(uri, atLoop.line, atLoop.character);

  it('it was placed by itself, and says that it is the small one', async () => {
    const { instances } = await ready(lsp);
    assert.equal(instances.length, 1);
    const [only] = instances;
    assert.equal(only?.placed_by, 'default');
    assert.equal(only?.model.embedded, true);
    assert.equal(only?.backend, 'cpu');
    assert.equal(only?.error, null);
    assert.ok(only?.fim);
  });

  it('the handshake offers inline completion as LSP has it', () => {
    assert.ok(lsp.capabilities.inlineCompletionProvider);
  });

  it('completes a loop header, in the range where the cursor is', async () => {
    await lsp.open('file:///loop.ts', loop);
    const position = { line: atLoop.line, character: atLoop.character };
    const [item] = await completeLoop(lsp, 'file:///loop.ts');
    assert.equal(item?.insertText, answer);
    assert.deepEqual(item.range, { start: position, end: position });
    const { instances } = await lsp.stateIs('a measured speed', ({ instances: [only] }) =>
      Boolean(only?.tokens_per_second),
    );
    assert.ok((instances[0]?.tokens_per_second ?? 0) > 0);
  });

  it('follows the document as it is edited', async () => {
    const uri = 'file:///edited.ts';
    await lsp.open(uri, loop.replace('arr.', ''));
    const at = { line: 0, character: 20 };
    await lsp.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: { start: at, end: at }, text: 'arr.' }],
    });
    assert.equal((await completeLoop(lsp, uri))[0]?.insertText, answer);
  });

  it('answers the same place again from its cache, also when the engine cannot', async () => {
    const uri = 'file:///cached.ts';
    await lsp.open(uri, loop);
    const [first] = await completeLoop(lsp, uri);
    process.kill(await enginePid(host), 'SIGSTOP');
    try {
      assert.deepEqual(
        (await completeLoop(lsp, uri)).map(({ insertText }) => insertText),
        [first?.insertText],
      );
    } finally {
      process.kill(await enginePid(host), 'SIGCONT');
    }
  });

  it('a cancelled request is answered at once, and the next one works', async () => {
    const uri = 'file:///cancelled.ts';
    await lsp.open(uri, `// something else\n${loop}`);
    const engine = await enginePid(host);
    // So that it cannot be faster than the cancel.
    process.kill(engine, 'SIGSTOP');
    const cancel = new AbortController();
    const request = lsp.complete(uri, 1, atLoop.character, cancel.signal);
    cancel.abort();
    assert.deepEqual(await request, []);
    process.kill(engine, 'SIGCONT');
    assert.equal((await lsp.complete(uri, 1, atLoop.character))[0]?.insertText, answer);
  });

  it('two windows get their answers side by side', async () => {
    const windows = await Promise.all([host.lsp(), host.lsp()]);
    const answers = await Promise.all(
      windows.map(async (window, index) => {
        const uri = `file:///window-${index}.ts`;
        await window.open(uri, `// window ${index}\n${loop}`);
        return window.complete(uri, 1, atLoop.character);
      }),
    );
    assert.deepEqual(
      answers.map(([item]) => item?.insertText),
      [answer, answer],
    );
  });

  const off: [what: string, completions: object, languageId: string][] = [
    ['switched off', { enabled: false }, 'typescript'],
    ['switched off for the language', { disabledLanguages: ['typescript'] }, 'typescript'],
  ];
  for (const [what, completions, languageId] of off) {
    it(`${what}: none, until the setting changes`, async () => {
      const window = await host.lsp({ settings: { completions } });
      await window.open('file:///off.ts', loop, languageId);
      assert.deepEqual(await completeLoop(window, 'file:///off.ts'), []);
      await window.notify('workspace/didChangeConfiguration', { settings: { completions: {} } });
      assert.equal((await completeLoop(window, 'file:///off.ts'))[0]?.insertText, answer);
    });
  }

  it('switched off for one language: the others go on', async () => {
    const window = await host.lsp({ settings: { completions: { disabledLanguages: ['markdown'] } } });
    await window.open('file:///on.ts', loop);
    assert.equal((await completeLoop(window, 'file:///on.ts'))[0]?.insertText, answer);
  });

  it('a closed document gets none', async () => {
    await lsp.open('file:///closed.ts', loop);
    await lsp.notify('textDocument/didClose', { textDocument: { uri: 'file:///closed.ts' } });
    assert.deepEqual(await completeLoop(lsp, 'file:///closed.ts'), []);
  });
});

describe('host: the engine dies', () => {
  afterEach(cleanUp);

  it('during a completion: it is answered, the engine comes back, the next one works', async () => {
    const host = await startHost();
    const lsp = await host.lsp();
    const engine = await enginePid(host);
    const uri = 'file:///dying.ts';
    await lsp.open(uri, loop);
    // Frozen first, so that it dies with the request in its hands.
    process.kill(engine, 'SIGSTOP');
    const request = lsp.complete(uri, atLoop.line, atLoop.character);
    await lsp.request(getStateRequest, {});
    process.kill(engine, 'SIGKILL');
    const { instances } = await lsp.stateIs(
      'restarting',
      ({ instances: [only] }) => only?.state === 'restarting',
    );
    assert.match(instances[0]?.error ?? '', /The engine was killed.* It is started again\.$/);
    assert.equal((await request)[0]?.insertText, answer, 'it is asked once more');
    await ready(lsp);
    assert.equal((await lsp.complete(uri, atLoop.line, atLoop.character))[0]?.insertText, answer);
    const { instances: now } = await lsp.stateIs(
      'forgiven',
      ({ instances: [only] }) => only?.engine_deaths === 0,
    );
    assert.notEqual(now[0]?.engine_pid, engine);
    assert.equal(now[0]?.error, null);
  });

  it('three times in a row: it stays down with the reason, until it is placed again', async () => {
    const host = await startHost();
    const lsp = await host.lsp();
    for (let deaths = 1; deaths <= 3; deaths++) {
      const engine = await enginePid(host);
      process.kill(engine, 'SIGKILL');
      await gone(engine);
      await lsp.stateIs(`death ${deaths}`, ({ instances: [only] }) => only?.engine_deaths === deaths);
    }
    const { instances } = await lsp.stateIs('failed', ({ instances: [only] }) => only?.state === 'failed');
    assert.match(instances[0]?.error ?? '', /The engine was killed.*3 times in a row.*stays down.*place/);
    await lsp.open('file:///down.ts', loop);
    assert.deepEqual(await lsp.complete('file:///down.ts', atLoop.line, atLoop.character), []);
    const { checks } = await lsp.request(diagnoseRequest, {});
    assert.equal(checks.find(({ name }) => name === 'Model')?.status, 'failed');

    const { instance } = await lsp.request(placeRequest, { model_id: 'vramesh-tiny' });
    assert.equal(instance.state, 'ready');
    assert.equal(
      (await lsp.complete('file:///down.ts', atLoop.line, atLoop.character))[0]?.insertText,
      answer,
    );
    await until('one instance', async () => (await host.state()).instances.length === 1);
  });
});
