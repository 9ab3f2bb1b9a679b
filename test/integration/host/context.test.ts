/** What a real host lets prompts know of a workspace; its log says which pieces, at level "debug". */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getStateRequest } from '#protocol';
import { cleanUp, freshFolder, type HostUnderTest, startHost } from '../../support/host';
import type { LspClient, Workspace } from '../../support/lsp';
import { until } from '../../support/until';

function code(name: string, lines = 20): string {
  return Array.from({ length: lines }, (_, at) => `const ${name}${at} = ${at};\n`).join('');
}

const windows: LspClient[] = [];

/** A repository on the disk, and a window that has it open. */
async function openRepository(
  host: HostUnderTest,
  definitions?: Workspace['definitions'],
  { offersThem = definitions !== undefined } = {},
) {
  const folder = freshFolder();
  mkdirSync(join(folder, '.git'));
  writeFileSync(join(folder, '.gitignore'), '*.log\n/private/\n');
  const at = (name: string) => pathToFileURL(join(folder, name)).href;
  const lsp = await host.lsp(
    { definitions: offersThem },
    { folders: [{ uri: pathToFileURL(folder).href, name: 'shop' }], ...(definitions && { definitions }) },
  );
  windows.push(lsp);
  await lsp.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');
  return { at, lsp };
}

function logged(lsp: LspClient): string[] {
  return lsp.told
    .filter(({ method }) => method === 'window/logMessage')
    .map(({ params }) => JSON.stringify(params));
}

/** The last list of pieces for a document that the log has, without where they came from. */
function piecesFor(lsp: LspClient, path: string): string[] | null {
  const line = logged(lsp).findLast((text) => text.includes(`Prompts for ${path} begin`));
  return (
    line
      ?.match(/as fit: (.*)\.\\?"/)?.[1]
      ?.split(', ')
      .map((piece) => piece.replace(/ \(\w+\)$/, ''))
      .sort() ?? null
  );
}

describe('host: what prompts are told of the workspace', () => {
  let host: HostUnderTest;
  before(async () => {
    host = await startHost({ env: { VRAMESH_LOG: 'debug' } });
  });
  // The log is everybody's: a window that is still open would be heard in the next test.
  afterEach(() => {
    for (const window of windows.splice(0)) window.close();
  });
  after(cleanUp);

  it('open documents, but none that git ignores, that looks secret, or that is outside the workspace', async () => {
    const { at, lsp } = await openRepository(host);
    await lsp.open(pathToFileURL(join(freshFolder(), 'settings.json')).href, code('setting'), 'json');
    for (const name of ['.env', 'trace.log', 'private/plan.ts', 'deep/.ssh/config', 'src/sum.ts', 'cart.ts'])
      await lsp.open(at(name), code(name.replace(/\W/g, '_')));
    await lsp.open(at('src/main.ts'), code('main'));
    await lsp.notify('vramesh/visited', { uri: at('src/main.ts'), line: 3, how: 'visited' });
    await until('both pieces', () => piecesFor(lsp, 'src/main.ts')?.length === 2);
    assert.deepEqual(piecesFor(lsp, 'src/main.ts'), ['cart.ts:1', 'src/sum.ts:1']);
    const said = logged(lsp)
      .filter((line) => line.includes('as fit:'))
      .join('\n');
    assert.doesNotMatch(said, /env|trace|plan|ssh/);
  });

  it('a document that looks secret is not completed, and the log says why', async () => {
    const { at, lsp } = await openRepository(host);
    await lsp.open(at('.env.local'), 'PASSWORD=\n', 'plaintext');
    assert.deepEqual(await lsp.complete(at('.env.local'), 0, 9), []);
    await until('the reason', () => logged(lsp).some((line) => /No completion: .*secrets/.test(line)));
  });

  it('what was edited and saved, and what was closed since', async () => {
    const { at, lsp } = await openRepository(host);
    const long = { uri: at('long.ts'), version: 2 };
    await lsp.open(long.uri, code('long', 300));
    const start = { line: 200, character: 0 };
    const contentChanges = [{ range: { start, end: start }, text: 'const edited = 1;\n' }];
    await lsp.notify('textDocument/didChange', { textDocument: long, contentChanges });
    await lsp.notify('textDocument/didSave', { textDocument: { uri: long.uri } });
    await lsp.notify('textDocument/didClose', { textDocument: { uri: long.uri } });
    await lsp.open(at('main.ts'), code('main'));
    await lsp.notify('vramesh/visited', { uri: at('main.ts'), line: 0, how: 'visited' });
    await until('both places', () => piecesFor(lsp, 'main.ts')?.length === 2);
    assert.deepEqual(piecesFor(lsp, 'main.ts'), ['long.ts:1', 'long.ts:161']);
  });

  it('definitions of imported symbols, as the editor says, within the limits', async () => {
    const asked: unknown[] = [];
    const { at, lsp } = await openRepository(host, (params) => {
      asked.push(params);
      return {
        definitions: [
          {
            uri: at('lib.ts'),
            line: 9,
            text: 'export function total(cart: Cart): number {\n  return 0;\n}\n',
          },
          { uri: at('private/lib.ts'), line: 0, text: 'export const password = 1;\n' },
        ],
      };
    });
    const uri = at('main.ts');
    await lsp.open(uri, "import { total } from './lib';\n\nconst sum = total(cart);\n");
    await lsp.notify('vramesh/visited', { uri, line: 2, how: 'visited' });
    await until('the definition', () => piecesFor(lsp, 'main.ts')?.includes('lib.ts:10'));
    assert.deepEqual(piecesFor(lsp, 'main.ts'), ['lib.ts:10']);
    assert.deepEqual(asked[0], { uri, positions: [{ line: 2, character: 12 }] });
  });

  it('definitions that the editor did not know in time: it is asked again', async () => {
    let asked = 0;
    const { at, lsp } = await openRepository(host, () => {
      asked += 1;
      const text = 'export function total(cart: Cart): number {\n  return 0;\n}\n';
      return { definitions: asked === 1 ? [] : [{ uri: at('lib.ts'), line: 9, text }] };
    });
    const uri = at('main.ts');
    await lsp.open(uri, "import { total } from './lib';\n\nconst sum = total(cart);\n");
    await lsp.notify('vramesh/visited', { uri, line: 2, how: 'visited' });
    await until('the definition', () => piecesFor(lsp, 'main.ts')?.includes('lib.ts:10'));
    assert.equal(asked, 2);
  });

  const answers: [what: string, answer: () => unknown][] = [
    ['nonsense', () => ({ definitions: [{ uri: 7 }] })],
    ['too much', () => ({ definitions: Array(9).fill({ uri: 'file:///a', line: 0, text: 'a' }) })],
    ['an error', () => Promise.reject(new Error('no'))],
    ['nothing, ever', () => new Promise(() => {})],
  ];
  for (const [what, answer] of answers) {
    it(`an editor that answers ${what}: the other pieces come all the same`, async () => {
      let asked = 0;
      const { at, lsp } = await openRepository(host, () => {
        asked += 1;
        return answer();
      });
      await lsp.open(at('other.ts'), code('other'));
      await lsp.open(at('main.ts'), "import { total } from './lib';\n\nconst sum = total(cart);\n");
      await lsp.notify('vramesh/visited', { uri: at('main.ts'), line: 2, how: 'visited' });
      await until('the other piece', () => asked > 0 && piecesFor(lsp, 'main.ts')?.includes('other.ts:1'));
      assert.deepEqual(piecesFor(lsp, 'main.ts'), ['other.ts:1']);
    });
  }

  it('an editor that does not offer definitions is not asked', async () => {
    let asked = 0;
    const answer = () => {
      asked += 1;
      return { definitions: [] };
    };
    const { at, lsp } = await openRepository(host, answer, { offersThem: false });
    await lsp.open(at('other.ts'), code('other'));
    await lsp.open(at('main.ts'), "import { total } from './lib';\n\nconst sum = total(cart);\n");
    await lsp.notify('vramesh/visited', { uri: at('main.ts'), line: 2, how: 'visited' });
    await until('it settled', () => piecesFor(lsp, 'main.ts')?.includes('other.ts:1'));
    assert.equal(asked, 0);
  });

  it('10,000 documents and a flood of visits: a few pieces, and the host goes on answering', async () => {
    const { at, lsp } = await openRepository(host);
    for (let file = 0; file < 10_000; file++) await lsp.open(at(`f${file}.ts`), code(`f${file}x`, 5));
    for (let visit = 0; visit < 20_000; visit++) {
      const uri = visit % 2 === 0 ? at(`f${visit % 10_000}.ts`) : 'file:///not-open.ts';
      await lsp.notify('vramesh/visited', { uri, line: visit, how: visit % 3 === 0 ? 'copied' : 'visited' });
    }
    await lsp.notify('vramesh/visited', { uri: at('f7.ts'), line: 0, how: 'visited' });
    await lsp.request(getStateRequest, {});
    const pieces = await until('pieces', () => piecesFor(lsp, 'f7.ts'));
    assert.ok(pieces.length > 1 && pieces.length <= 16, pieces.join());
  });
});
