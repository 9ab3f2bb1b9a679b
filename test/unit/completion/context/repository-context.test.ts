import assert from 'node:assert/strict';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { createRepositoryContext } from '../../../../server/src/completion/context';
import { chunk, document, lines } from './support';

const here = document(lines('here', 400));

function place(at: TextDocument = here, line = 200, changes: { alone?: boolean; path?: string } = {}) {
  return { document: at, line, path: 'a.ts', repository: 'work', alone: false, ...changes };
}

/** One with these pieces, settled. */
function settledWith(...names: string[]) {
  const context = createRepositoryContext();
  for (const name of names) context.add(chunk(name));
  assert.ok(context.settle(0));
  return context;
}

describe('completion context: what a prompt is told', () => {
  it('has the pieces in the order in which they came, and says which repository and file', () => {
    const { version, chunks, ...names } = settledWith('b', 'c').compose(place());
    assert.deepEqual(names, { repository: 'work', path: 'a.ts' });
    assert.deepEqual(
      chunks.map(({ path, text }) => [path, text]),
      [
        ['b.ts', lines('b', 10)],
        ['c.ts', lines('c', 10)],
      ],
    );
    assert.ok(Number.isInteger(version));
  });

  it('a document that is private is completed from itself alone', () =>
    assert.deepEqual(settledWith('b').compose(place(here, 200, { alone: true })).chunks, []));

  const leftOut: [what: string, changes: Parameters<typeof chunk>[1], isLeftOut: boolean][] = [
    ['the same place of the same document', { uri: here.uri, line: 190 }, true],
    ['just above', { uri: here.uri, line: 100 }, true],
    ['far above in the same document', { uri: here.uri, line: 10 }, false],
    ['far below in the same document', { uri: here.uri, line: 390 }, false],
    ['a copy of what is around the cursor', { text: textAround(195, 205) }, true],
    ['a copy, indented', { text: textAround(195, 205).replace(/^/gm, '    ') }, true],
    ['a copy of what is far away', { text: textAround(10, 20) }, false],
  ];
  for (const [what, changes, isLeftOut] of leftOut) {
    it(`${what} is ${isLeftOut ? 'left out' : 'told'}`, () => {
      const context = createRepositoryContext();
      context.add(chunk('b', changes));
      context.settle(0);
      assert.equal(context.compose(place()).chunks.length, isLeftOut ? 0 : 1);
    });
  }

  it('works at the ends of an empty document, and of one with a line of 5 MB', () => {
    for (const text of ['', 'x'.repeat(5_000_000)]) {
      assert.equal(settledWith('b').compose(place(document(text), 0)).chunks.length, 1);
    }
  });
});

function textAround(from: number, to: number): string {
  return lines('here', 400).split('\n').slice(from, to).join('\n');
}

describe('completion context: when it changes', () => {
  it('what is collected is seen after it settled, not before', () => {
    const context = settledWith('b');
    const before = context.compose(place());
    context.add(chunk('c'));
    assert.equal(context.compose(place()), before);
    context.settle(10_000);
    assert.deepEqual(
      context.compose(place()).chunks.map(({ path }) => path),
      ['b.ts', 'c.ts'],
    );
  });

  it('not while somebody types, and not too often', () => {
    const context = createRepositoryContext();
    context.typed(0);
    assert.equal(context.settle(1000), false);
    assert.equal(context.settlesIn(1000), 500);
    assert.equal(context.settle(1500), true);
    assert.equal(context.settle(1501), false);
    context.typed(4400);
    assert.equal(context.settle(4600), false);
    assert.equal(context.settle(5900), true);
  });

  it('typing and moving change nothing: the very same object, whatever was collected', () => {
    const random = seeded(7);
    const documents = [here, document(lines('other', 300), 'file:///project/other.ts')];
    for (let round = 0; round < 50; round++) {
      const context = createRepositoryContext();
      for (let at = 0; at < random(20); at++) context.add(chunk(`s${random(30)}x`));
      context.settle(0);
      const first = documents.map((each) => context.compose(place(each, random(250))));
      for (let key = 0; key < 30; key++) {
        if (random(2) === 0)
          context.add(chunk(`n${random(30)}x`, { uri: `file:///project/${random(5)}.ts` }));
        if (random(4) === 0) context.drop(`file:///project/s${random(30)}x.ts`);
        context.typed(key * 100);
        context.settle(key * 100 + 90);
        const which = random(2);
        const now = context.compose(
          place(documents[which], random(250), { alone: random(2) === 0, path: `${key}.ts` }),
        );
        assert.equal(now, first[which]);
      }
    }
  });

  it('the version changes when the content does, and only then', () => {
    const random = seeded(11);
    const versions = new Map<string, number>();
    for (let round = 0; round < 200; round++) {
      const context = settledWith(...Array.from({ length: random(6) }, () => `p${random(6)}x`));
      const { version, ...content } = context.compose(place(here, 200, { path: `${random(2)}.ts` }));
      const key = JSON.stringify(content);
      assert.equal(versions.get(key) ?? version, version);
      versions.set(key, version);
    }
    assert.equal(new Set(versions.values()).size, versions.size);
  });

  it('it settles without news: the very same object stays', () => {
    const context = settledWith('b', 'c');
    const before = context.compose(place());
    context.add(chunk('b'));
    assert.ok(context.settle(10_000));
    assert.equal(context.compose(place(here, 210)), before);
  });

  it('a beginning lasts: what is new is told after what was told before', () => {
    const context = settledWith('f0x');
    let before = context.compose(place()).chunks;
    let kept = 0;
    for (let at = 1; at < 60; at++) {
      context.add(chunk(`f${at}x`));
      context.settle(at * 10_000);
      const { chunks } = context.compose(place());
      if (before.every((each, index) => chunks[index] === each)) kept += 1;
      before = chunks;
    }
    assert.equal(kept, 59 - 11, 'one in four, once the ring is full');
  });
});

/** Whole numbers below a limit, the same in each run. */
function seeded(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * limit);
  };
}
