/** Documents, edits and requests as no editor should send them: a real host answers, and goes on. */
import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { cleanUp, enginePid, type HostUnderTest, startHost } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { readOffers } from '../../support/typing';
import { situation } from '../../unit/completion/random';
import { assertSound } from '../../unit/completion/sound';

const loop = 'for (let i = 0; i < arr.\n  sum += arr[i];\n}\n';
const atLoop = { line: 0, character: 24 };
const loopOffer = 'length; i++) {';
const method = 'textDocument/inlineCompletion';
const automatic = 2;

type Position = ReturnType<TextDocument['positionAt']>;

let documents = 0;

/** A document that is open in a window, and the same document here. */
async function open(
  lsp: LspClient,
  text: string,
  { uri = `file:///fuzz-${documents++}.ts`, languageId = 'typescript' } = {},
) {
  await lsp.open(uri, text, languageId);
  return TextDocument.create(uri, languageId, 1, text);
}

function ask(
  lsp: LspClient,
  { uri }: Pick<TextDocument, 'uri'>,
  position: Position,
  triggerKind = automatic,
) {
  return lsp.send(method, { textDocument: { uri }, position, context: { triggerKind } });
}

/** Every item is sound; returns how many there are. */
async function completeAt(lsp: LspClient, document: TextDocument, offset: number): Promise<number> {
  const text = document.getText();
  const offers = readOffers(await ask(lsp, document, document.positionAt(offset)), {
    text,
    cursor: offset,
    closers: [],
  });
  for (const { start, end, text: insertText } of offers)
    assertSound({ text, offset }, { id: 0, insertText, start, end }, `${document.uri} at ${offset}`);
  return offers.length;
}

/** The place of the `|`. */
function split(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('|');
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}

describe('host: completion, whatever comes', () => {
  let host: HostUnderTest;
  let lsp: LspClient;
  let engine: number;
  before(async () => {
    host = await startHost();
    lsp = await host.lsp({ settings: { completions: { debounce: 0, maxTokens: 16 } } });
    await lsp.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');
    engine = await enginePid(host);
  });
  afterEach('the host and its engine are there, and complete', async () => {
    const { uri } = await open(lsp, `// document ${documents}\n${loop}`);
    const [item] = await lsp.complete(uri, atLoop.line + 1, atLoop.character);
    assert.equal(item?.insertText, loopOffer);
    assert.equal(host.process.exitCode, null);
    assert.equal(await enginePid(host), engine, 'it has not died meanwhile');
  });
  after(cleanUp);

  const unusual: readonly (readonly [what: string, marked: string])[] = [
    ['line ends of Windows', 'for (let i = 0; i < arr.|\r\n  sum += arr[i];\r\n}\r\n'],
    ['line ends of old Macs', 'for (let i = 0; i < arr.|\r  sum += arr[i];\r}\r'],
    ['tabs', 'function f() {\n\tfor (let i = 0; i < arr.|\n\t\tsum += arr[i];\n\t}\n}\n'],
    ['emoji on the line', "const a = '👩‍👧‍👦🙂'; for (let i = 0; i < arr.|\n  sum += arr[i];\n}\n"],
    ['combining characters', 'const e\u0301te\u0301 = 1; for (let i = 0; i < arr.|\n  sum += arr[i];\n}\n'],
    [
      'text from right to left',
      "const a = 'שלום עולם'; /* \u202e */ for (let i = 0; i < arr.|\n  sum += arr[i];\n}\n",
    ],
    ['characters of no width', '\ufefffor (let i\u200b = 0; i < arr.|\n  sum += arr[i];\n}\n'],
    ['bytes', '\0\u0001\0for (let i = 0; i < arr.|\n\0}\n'],
    ['special tokens', '<|fim_prefix|><|fim_middle|>\nfor (let i = 0; i < arr.|\n<|endoftext|>}\n'],
    ['halves of characters', '\ud83d\nfor (let i = 0; i < arr.|\n\udc00}\n'],
    ['nothing', '|'],
  ];
  for (const [what, marked] of unusual) {
    it(`a document with ${what}: what is offered is sound at every place`, async () => {
      const { text } = split(marked);
      const document = await open(lsp, text);
      for (let offset = 0; offset <= text.length; offset += 4) await completeAt(lsp, document, offset);
      await completeAt(lsp, document, split(marked).offset);
    });
  }

  it('code and noise by the dozen', async () => {
    let offered = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { before, after } = situation(seed);
      offered += await completeAt(lsp, await open(lsp, before + after), before.length);
    }
    assert.ok(offered > 0);
  });

  const addresses = [
    'vscode-notebook-cell:/project/notes.ipynb#W1sZmlsZQ%3D%3D',
    'vscode-notebook-cell:Untitled-1.ipynb?jupyter-notebook#W0sdW50aXRsZWQ%3D',
    'untitled:Untitled-1',
    'untitled:/tmp/new%20file.ts',
    'git:/project/a.ts?%7B%22ref%22%3A%22~%22%7D',
    'no address at all',
    `file:///${'long/'.repeat(2000)}a.ts`,
    'file:///%E0%A4%A',
    '',
  ];
  for (const uri of addresses) {
    it(`a document at ${JSON.stringify(uri).slice(0, 60)} is completed`, async () => {
      const document = await open(lsp, loop, { uri });
      assert.equal(await completeAt(lsp, document, atLoop.character), 1);
      await lsp.notify('textDocument/didClose', { textDocument: { uri } });
    });
  }

  const large: readonly (readonly [what: string, text: string, offset: number])[] = [
    ['a line of 5 MB', `const data = [${'123456,'.repeat(750_000)}];\n${loop}`, 5_250_017 + atLoop.character],
    ['a line of 5 MB, in its midst', `const data = [${'123456, '.repeat(650_000)}];\n${loop}`, 2_600_013],
    ['200,000 lines', `${'const a = 1;\n'.repeat(200_000)}${loop}`, 2_600_000 + atLoop.character],
    ['200,000 lines, at its beginning', `${loop}${'const a = 1;\n'.repeat(200_000)}`, atLoop.character],
  ];
  for (const [what, text, offset] of large) {
    it(`${what}: typed in, and completed`, async () => {
      const document = await open(lsp, text);
      const { uri } = document;
      for (let version = 2; version < 12; version++) {
        const at = document.positionAt(offset);
        const contentChanges = [{ range: { start: at, end: at }, text: version % 2 === 0 ? ' ' : '' }];
        await lsp.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
        TextDocument.update(document, contentChanges, version);
        await completeAt(lsp, document, offset);
      }
      await lsp.notify('textDocument/didClose', { textDocument: { uri } });
    });
  }

  const edits: readonly (readonly [what: string, start: Position, end: Position, text: string])[] = [
    ['a line comes above', { line: 0, character: 0 }, { line: 0, character: 0 }, '// a line\n'],
    ['everything before it goes', { line: 0, character: 0 }, atLoop, ''],
    ['the line is ended there', atLoop, atLoop, '\n'],
    ['all of it goes', { line: 0, character: 0 }, { line: 9, character: 0 }, ''],
  ];
  for (const [what, start, end, text] of edits) {
    it(`an edit between request and answer, ${what}: nothing is offered for what is no longer there`, async () => {
      const slow = await host.lsp({ settings: { completions: { debounce: 100 } } });
      const document = await open(slow, loop);
      const asked = ask(slow, document, atLoop);
      await slow.notify('textDocument/didChange', {
        textDocument: { uri: document.uri, version: 2 },
        contentChanges: [{ range: { start, end }, text }],
      });
      assert.deepEqual(await asked, { items: [] });
      slow.close();
    });
  }

  it('ranges that are none: the document is what the editor makes of them, or stays as it is', async () => {
    const { uri } = await open(lsp, loop);
    const ranges = [
      { start: { line: 1, character: 5 }, end: { line: 0, character: 2 } },
      { start: { line: 99, character: 0 }, end: { line: 1e9, character: 1e9 } },
      { start: { line: -1, character: -1 }, end: { line: -5, character: 0 } },
      { start: { line: 0.5, character: 0.1 }, end: { line: 1.5, character: 2 } },
      { start: { line: 'a', character: null }, end: {} },
      { start: { line: 0, character: 2 ** 31 }, end: { line: 0, character: 2 ** 53 } },
      {},
      null,
      'all of it',
    ];
    for (const [index, range] of ranges.entries()) {
      for (const text of ['x', '', '🙂\r\n', 7, null]) {
        await lsp.notify('textDocument/didChange', {
          textDocument: { uri, version: 2 + index },
          contentChanges: [{ range, text }],
        });
        await ask(lsp, { uri }, { line: 0, character: 3 }, 2);
      }
    }
    await lsp.notify('textDocument/didChange', {
      textDocument: { uri, version: 99 },
      contentChanges: [{ text: loop }],
    });
    assert.equal((await lsp.complete(uri, atLoop.line, atLoop.character))[0]?.insertText, loopOffer);
  });

  it('places outside of the document: what is offered is inside', async () => {
    const text = `const a = '🙂';\r\n${loop.replaceAll('\n', '\r\n')}`;
    const document = await open(lsp, text);
    const outside: readonly Position[] = [
      { line: 0, character: 12 },
      { line: 0, character: 17 },
      { line: 1, character: 999 },
      { line: 99, character: 0 },
      { line: 2 ** 31 - 1, character: 2 ** 31 - 1 },
      { line: Number.MAX_SAFE_INTEGER, character: 0 },
    ];
    for (const position of outside) {
      const offset = document.offsetAt(position);
      const answer = await ask(lsp, document, position);
      for (const { start, end, text: insertText } of readOffers(answer, {
        text,
        cursor: offset,
        closers: [],
      }))
        assertSound({ text, offset }, { id: 0, insertText, start, end }, JSON.stringify(position));
    }
  });

  it('a thousand requests at once: each is answered, the last one with what it asked for', async () => {
    const { uri } = await open(lsp, loop);
    const others = await Promise.all(Array.from({ length: 20 }, () => open(lsp, loop)));
    const answers = Array.from({ length: 1000 }, (_, index) =>
      ask(
        lsp,
        others[index % others.length] ?? { uri },
        { line: index % 4, character: index % 24 },
        1 + (index % 2),
      ),
    );
    const last = lsp.complete(uri, atLoop.line, atLoop.character);
    assert.equal((await Promise.all(answers)).length, 1000);
    assert.equal((await last)[0]?.insertText, loopOffer);
  });

  it('requests that are cancelled in all ways', async () => {
    const document = await open(lsp, loop);
    const requests = Array.from({ length: 100 }, async (_, index) => {
      const cancel = new AbortController();
      const params = {
        textDocument: { uri: document.uri },
        position: { line: 0, character: 20 + (index % 5) },
        context: { triggerKind: 1 + (index % 2) },
      };
      const answer = lsp.send(method, params, cancel.signal);
      if (index % 3 > 0) setTimeout(() => cancel.abort(), index % 7);
      await answer;
    });
    await Promise.all(requests);
  });
});
