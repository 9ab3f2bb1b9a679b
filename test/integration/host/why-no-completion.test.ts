import assert from 'node:assert/strict';
import { type Settings, settingsSchema, whyNoCompletionRequest } from '#protocol';
import { cleanUp, type HostUnderTest, startHost } from '../../support/host';
import type { LspClient } from '../../support/lsp';

const loop = 'for (let i = 0; i < arr.\n  sum += arr[i];\n}\n';
const atLoop = { line: 0, character: 24 };
const inWord = { line: 1, character: 4 };
/** As LSP numbers it: at a key. */
const automatic = 2;

describe('host: why there was no completion', () => {
  let host: HostUnderTest;
  before(async () => {
    host = await startHost();
    const lsp = await host.lsp();
    await lsp.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');
  });
  after(cleanUp);

  const why = (lsp: LspClient, uri: string, position = atLoop) =>
    lsp.request(whyNoCompletionRequest, { textDocument: { uri }, position });

  it('something was offered, and nobody has asked elsewhere', async () => {
    const lsp = await host.lsp();
    const uri = 'file:///offered.ts';
    await lsp.open(uri, loop);
    assert.deepEqual(await why(lsp, uri), { outcome: 'unasked', reason: null });
    await lsp.complete(uri, atLoop.line, atLoop.character);
    assert.deepEqual(await why(lsp, uri), { outcome: 'offered', reason: null });
    assert.deepEqual(await why(lsp, uri, inWord), { outcome: 'unasked', reason: null });
  });

  it('says in words what the last request was refused for', async () => {
    const lsp = await host.lsp();
    const uri = 'file:///refused.ts';
    await lsp.open(uri, loop);
    await lsp.send('textDocument/inlineCompletion', {
      textDocument: { uri },
      position: inWord,
      context: { triggerKind: automatic },
    });
    const { outcome, reason } = await why(lsp, uri, inWord);
    assert.equal(outcome, 'none');
    assert.match(reason ?? '', /word/);
  });

  const off = (completions: Partial<Settings['completions']>) => settingsSchema.parse({ completions });
  const refused: [what: string, uri: string, settings: Settings, reason: RegExp][] = [
    ['a document that is not open', 'file:///closed.ts', off({}), /not open/],
    ['completions that are switched off', 'file:///a.ts', off({ enabled: false }), /switched off$/],
    [
      'a language without completions',
      'file:///b.ts',
      off({ disabledLanguages: ['typescript'] }),
      /off for typescript/,
    ],
    ['a file of secrets', 'file:///project/.env', off({}), /secret/],
  ];
  for (const [what, uri, settings, reason] of refused) {
    it(`needs no request to say it of ${what}`, async () => {
      const lsp = await host.lsp({ settings });
      if (!uri.includes('closed')) await lsp.open(uri, loop);
      const answer = await why(lsp, uri);
      assert.equal(answer.outcome, 'off');
      assert.match(answer.reason ?? '', reason);
    });
  }

  it('forgets what was closed', async () => {
    const lsp = await host.lsp();
    const uri = 'file:///closing.ts';
    await lsp.open(uri, loop);
    await lsp.complete(uri, atLoop.line, atLoop.character);
    await lsp.notify('textDocument/didClose', { textDocument: { uri } });
    await lsp.open(uri, loop);
    assert.deepEqual(await why(lsp, uri), { outcome: 'unasked', reason: null });
  });
});
