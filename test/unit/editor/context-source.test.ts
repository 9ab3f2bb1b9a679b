/** What a window's prompts are told: with real documents and a stand-in for what is private. */
import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Definition } from '#protocol';
import type { PromptContext } from '../../../server/src/completion';
import { type ContextSource, createContextSource } from '../../../server/src/editor/context-source';
import { createWorkspaceFolders } from '../../../server/src/editor/workspace-folders';
import { until } from '../../support/until';

const root = 'file:///project/shop';

function lines(name: string, count: number): string {
  return Array.from({ length: count }, (_, at) => `const ${name}${at} = ${at};\n`).join('');
}

/** A window with documents, of which those with "private" in their name are so. */
function openWindow(definitionsNear: () => readonly Definition[] = () => []) {
  const open = new Map<string, TextDocument>();
  const folders = createWorkspaceFolders();
  folders.open([{ uri: root, name: 'shop' }]);
  const settled: PromptContext[] = [];
  const problems: unknown[] = [];
  let stopped: number | null = null;
  const source: ContextSource = createContextSource({
    documents: { get: (uri) => open.get(uri) },
    folders,
    privateFiles: { mayEnter: async (uri) => !uri.includes('private') },
    definitionsNear: async () => ({ definitions: definitionsNear(), isPartial: false }),
    now: () => stopped ?? performance.now(),
    onProblem: (error) => problems.push(error),
  });
  source.onSettled(({ context }) => settled.push(context));
  return {
    source,
    settled,
    problems,
    add(name: string, text = lines(name.replace(/\W/g, '_'), 20)): TextDocument {
      const document = TextDocument.create(`${root}/${name}`, 'typescript', 1, text);
      open.set(document.uri, document);
      source.note(document.uri, 0, 'opened');
      return document;
    },
    stopClock() {
      stopped = performance.now();
    },
    close(document: TextDocument) {
      open.delete(document.uri);
      source.closed(document);
    },
    /** Once it is so; asked for as an editor asks, at the start of a document. */
    async told(
      document: TextDocument,
      condition: (context: PromptContext) => boolean,
    ): Promise<PromptContext> {
      return until('such a context', () => {
        const context = source.contextFor(document, 0);
        return condition(context) && context;
      });
    },
  };
}

function paths({ chunks }: PromptContext): string[] {
  return chunks.map(({ path }) => path).sort();
}

describe('editor: what prompts are told of the workspace', () => {
  const ended: ContextSource[] = [];
  const window = (...params: Parameters<typeof openWindow>) => {
    const opened = openWindow(...params);
    ended.push(opened.source);
    return opened;
  };
  afterEach(() => {
    for (const source of ended.splice(0)) source.end();
  });

  it('other open documents, by their paths, but none that is private, nor to one', async () => {
    const { add, told, source } = window();
    const here = add('src/here.ts');
    const hidden = add('src/private.ts');
    add('src/a.ts');
    add('b.ts');
    const context = await told(here, ({ chunks }) => chunks.length > 0);
    assert.deepEqual(paths(context), ['b.ts', 'src/a.ts']);
    assert.deepEqual([context.repository, context.path], ['shop', 'src/here.ts']);
    assert.ok(!JSON.stringify(context).includes('private'));
    assert.deepEqual(source.contextFor(hidden, 0).chunks, []);
  });

  it('nothing changes between two keys, whatever is opened', async () => {
    const { add, told, source, stopClock } = window();
    const here = add('here.ts');
    add('a.ts');
    const before = await told(here, ({ chunks }) => chunks.length > 0);
    stopClock();
    for (let key = 0; key < 20; key++) {
      source.typed();
      source.note(here.uri, key, 'edited');
      add(`new${key}.ts`);
      await new Promise(setImmediate);
      assert.equal(source.contextFor(here, key), before);
    }
  });

  it('what was closed stays, as it was', async () => {
    const { add, close, told } = window();
    const here = add('here.ts');
    close(add('closed.ts'));
    const context = await told(here, ({ chunks }) => chunks.length > 0);
    assert.deepEqual(paths(context), ['closed.ts']);
  });

  it('a place that was visited or copied, and where it is', async () => {
    const { add, told, source } = window();
    const here = add('here.ts');
    const long = add('long.ts', lines('long', 1000));
    source.note(long.uri, 500, 'copied');
    const { chunks } = await told(here, (context) => context.chunks.length === 2);
    assert.deepEqual(
      chunks.map(({ line, origin }) => [line, origin]),
      [
        [0, 'opened'],
        [448, 'copied'],
      ],
    );
  });

  it('definitions of what is imported, but for private ones and what is no code', async () => {
    const { add, told, source } = window(() => [
      { uri: `${root}/lib.ts`, line: 40, text: 'export function sum(): number {\n' },
      { uri: `${root}/private.ts`, line: 0, text: 'const password = 1;\n' },
      { uri: `${root}/minified.js`, line: 0, text: 'x'.repeat(8000) },
    ]);
    const here = add('here.ts');
    source.contextFor(here, 0);
    const { chunks } = await told(here, (context) => context.chunks.length > 0);
    assert.deepEqual(
      chunks.map(({ path, line, text, origin }) => [path, line, text, origin]),
      [['lib.ts', 40, 'export function sum(): number {\n', 'definition']],
    );
  });

  it('says when it settled, for the place where the user is, and only when something is new', async () => {
    const { add, settled, source } = window();
    const here = add('here.ts');
    add('a.ts');
    source.note(here.uri, 3, 'visited');
    const [first] = await until('it settled', () => settled.length > 0 && settled);
    assert.equal(first?.path, 'here.ts');
    assert.equal(source.contextFor(here, 0), settled.at(-1));
    const versions = settled.map(({ version }) => version);
    assert.deepEqual(versions, [...new Set(versions)]);
  });

  it('what nobody has thought of is told, and the next time it settles', async () => {
    const failures = [new Error('unthinkable')];
    const { add, problems, source, told } = window(() => {
      const failure = failures.pop();
      if (failure) throw failure;
      return [];
    });
    const here = add('here.ts');
    source.contextFor(here, 0);
    await until('the problem', () => problems.length > 0);
    add('a.ts');
    assert.deepEqual(paths(await told(here, ({ chunks }) => chunks.length > 0)), ['a.ts']);
    assert.match(String(problems), /unthinkable/);
  });

  it('of 10,000 documents and as many visits a few are kept', async () => {
    const { add, told, source } = window();
    const here = add('here.ts');
    for (let at = 0; at < 10_000; at++) {
      const { uri } = add(`f${at}.ts`, lines(`f${at}x`, 400));
      source.note(uri, 200, 'visited');
      source.note('file:///not-open.ts', at, 'visited');
    }
    const { chunks } = await told(here, (context) => context.chunks.length > 1);
    assert.ok(chunks.length <= 16);
    assert.ok(chunks.every(({ text }) => text.length <= 4096));
    assert.ok(
      chunks.some(({ path }) => path === 'f9999.ts'),
      'the last one is among them',
    );
  });
});

describe('editor: folders of a window', () => {
  const folders = createWorkspaceFolders();
  folders.open([
    { uri: 'file:///project/shop', name: 'shop' },
    { uri: 'file:///project/shop/packages/inner', name: 'inner' },
    { uri: 'file:///project/a%20b', name: 'a b' },
  ]);
  const rows: [uri: string, repository: string, path: string][] = [
    ['file:///project/shop/src/a.ts', 'shop', 'src/a.ts'],
    ['file:///project/shop/packages/inner/src/a.ts', 'inner', 'src/a.ts'],
    ['file:///project/a%20b/c%20d.ts', 'a b', 'c d.ts'],
    ['file:///project/shopping/a.ts', 'shop', 'a.ts'],
    ['file:///project/shop/..a/b.ts', 'shop', '..a/b.ts'],
    ['file:///elsewhere/a.ts', 'shop', 'a.ts'],
    ['vscode-notebook-cell:/project/shop/n.ipynb#W0', 'shop', 'n.ipynb'],
    ['untitled:Untitled-1', 'shop', 'Untitled-1'],
    ['nonsense', 'shop', 'nonsense'],
  ];
  for (const [uri, repository, path] of rows) {
    it(uri, () => {
      assert.equal(folders.repositoryOf(uri), repository);
      assert.equal(folders.pathOf(uri), path);
    });
  }

  it('come and go, and what is no list of folders is none', () => {
    const changing = createWorkspaceFolders();
    for (const nonsense of [undefined, null, 5, 'file:///a', [{}], [{ uri: 7, name: 'a' }]]) {
      changing.open(nonsense);
      changing.close(nonsense);
    }
    assert.equal(changing.repositoryOf('file:///a/b.ts'), null);
    changing.open([{ uri: 'file:///a', name: 'a' }]);
    assert.equal(changing.pathOf('file:///a/b/c.ts'), 'b/c.ts');
    changing.close([{ uri: 'file:///a', name: 'a' }]);
    assert.deepEqual(
      [changing.repositoryOf('file:///a/b.ts'), changing.pathOf('file:///a/b/c.ts')],
      [null, 'c.ts'],
    );
  });
});
