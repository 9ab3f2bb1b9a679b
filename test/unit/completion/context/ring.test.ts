import assert from 'node:assert/strict';
import { createRing } from '../../../../server/src/completion/context/ring';
import { lineSet, shareIn, similarity } from '../../../../server/src/completion/context/similarity';
import { chunk, lines } from './support';

function paths(ring: ReturnType<typeof createRing>): string[] {
  return ring.held().map(({ chunk: { path, line } }) => `${path}:${line}`);
}

describe('completion context: similarity', () => {
  const rows: [one: string, other: string, alike: number, share: number][] = [
    ['', '', 0, 0],
    ['a\nb', '', 0, 0],
    ['a\nb', 'a\nb', 1, 1],
    ['a\nb', '  b\n\ta', 1, 1],
    ['a\nb', 'a\nb\nc\nd', 0.5, 1],
    ['a\nb', 'b\nc', 1 / 3, 0.5],
    ['{\n}', '{\n}', 0, 0],
  ];
  for (const [one, other, alike, share] of rows) {
    it(`${JSON.stringify(one)} and ${JSON.stringify(other)}`, () => {
      assert.equal(similarity(lineSet(one), lineSet(other)), alike);
      assert.equal(similarity(lineSet(other), lineSet(one)), alike);
      assert.equal(shareIn(lineSet(one), lineSet(other)), share);
    });
  }
});

describe('completion context: the ring', () => {
  const a = { uri: 'file:///project/a.ts', path: 'a.ts' };
  const rows: [what: string, add: ReturnType<typeof chunk>[], held: string[]][] = [
    ['keeps the order of coming', [chunk('a'), chunk('b'), chunk('c')], ['a.ts:0', 'b.ts:0', 'c.ts:0']],
    ['the same piece again stays where it is', [chunk('a'), chunk('b'), chunk('a')], ['a.ts:0', 'b.ts:0']],
    [
      'a part of a piece adds nothing',
      [chunk('a'), chunk('b'), chunk('a', { line: 3, text: 'const a3 = 3;\n' })],
      ['a.ts:0', 'b.ts:0'],
    ],
    [
      'an edited piece goes for what stands there now',
      [chunk('a'), chunk('b'), chunk('a', { line: 5, text: lines('new', 10) })],
      ['b.ts:0', 'a.ts:5'],
    ],
    [
      'pieces of one document stay side by side',
      [chunk('x', a), chunk('y', { ...a, line: 10 }), chunk('z', { ...a, line: 20 })],
      ['a.ts:0', 'a.ts:10', 'a.ts:20'],
    ],
    [
      'a near-duplicate in another file goes for the newer one',
      [chunk('a'), chunk('b'), chunk('c', { text: `${lines('a', 9)}const other = 1;\n` })],
      ['b.ts:0', 'c.ts:0'],
    ],
    [
      'what only resembles stays',
      [chunk('a'), chunk('c', { text: `${lines('a', 5)}${lines('c', 5)}` })],
      ['a.ts:0', 'c.ts:0'],
    ],
  ];
  for (const [what, add, held] of rows) {
    it(what, () => {
      const ring = createRing();
      for (const each of add) ring.add(each);
      assert.deepEqual(paths(ring), held);
    });
  }

  it('holds 16, and lets the oldest go in steps, so that a beginning lasts', () => {
    const ring = createRing();
    const beginnings: string[] = [];
    for (let at = 0; at < 40; at++) {
      ring.add(chunk(`f${at}x`));
      assert.ok(ring.held().length <= 16);
      assert.equal(paths(ring).at(-1), `f${at}x.ts:0`);
      beginnings.push(paths(ring)[0] ?? '');
    }
    const changes = beginnings.filter((path, at) => at > 0 && path !== beginnings[at - 1]).length;
    assert.equal(changes, 6, 'of 24 that were let go');
  });

  it('forgets a document', () => {
    const ring = createRing();
    for (const each of [chunk('a'), chunk('b'), chunk('a', { line: 100, text: lines('more', 10) })])
      ring.add(each);
    ring.drop('file:///project/a.ts');
    assert.deepEqual(paths(ring), ['b.ts:0']);
  });
});
