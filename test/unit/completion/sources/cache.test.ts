import assert from 'node:assert/strict';
import { type CachePlace, createCache } from '../../../../server/src/completion/sources/cache';
import { around } from '../support';

function place(marked: string, changes: Partial<CachePlace> = {}): CachePlace {
  return { modelKey: 'm', languageId: 'ts', contextVersion: 0, around: around(marked), ...changes };
}

const whole = (text: string) => ({ text, replaced: 0 });

describe('completion: cache', () => {
  const rows = [
    ['the same place', 'const a = |;', 'foo(b)', 'const a = |;', 'foo(b)'],
    ['what was offered is being typed', 'const a = |;', 'foo(b)', 'const a = foo|;', '(b)'],
    ['typed over a line end', 'f() {|\n}', '\n  a();\n  b();', 'f() {\n  a();|\n}', '\n  b();'],
    ['typed to its end', 'const a = |;', 'foo', 'const a = foo|;', null],
    ['something else was typed', 'const a = |;', 'foo(b)', 'const a = bar|;', null],
    ['text was removed', 'const a = |;', 'foo(b)', 'const a =|;', null],
    ['other text follows', 'const a = |;', 'foo(b)', 'const a = |);', null],
    ['nothing was offered here', 'const a = |;', '', 'const a = |;', ''],
    ['nothing was offered one key before', 'const a =|;', '', 'const a = |;', null],
    ['an emoji is being typed', '// |', 'hi 😀 ho', '// hi 😀|', ' ho'],
  ] as const;
  for (const [name, offeredAt, text, askedAt, expected] of rows) {
    it(name, () => {
      const cache = createCache();
      cache.remember(place(offeredAt), whole(text));
      assert.deepEqual(cache.find(place(askedAt)), expected === null ? null : whole(expected));
    });
  }

  it('keeps models, languages and contexts apart', () => {
    const cache = createCache();
    cache.remember(place('a|'), whole('b'));
    assert.equal(cache.find(place('a|', { modelKey: 'other' })), null);
    assert.equal(cache.find(place('a|', { languageId: 'py' })), null);
    assert.equal(cache.find(place('a|', { contextVersion: 1 })), null);
  });

  it('replaces what the editor has closed behind the cursor since', () => {
    const cache = createCache();
    cache.remember(place('f|'), whole('oo(a, b);'));
    assert.deepEqual(cache.find(place('foo(|)')), { text: 'a, b);', replaced: 1 });
    cache.remember(place('g|'), whole('oo(a'));
    assert.equal(cache.find(place('goo(|)')), null);
  });

  it('forgets the least recently used places when its bytes are spent', () => {
    const cache = createCache(1000);
    cache.remember(place('first|'), whole('x'.repeat(100)));
    cache.remember(place('second|'), whole('x'.repeat(100)));
    cache.find(place('first|'));
    cache.remember(place('third|'), whole('x'.repeat(300)));
    assert.equal(cache.find(place('second|')), null);
    assert.deepEqual(cache.find(place('first|')), whole('x'.repeat(100)));
  });

  it('does not keep what is larger than all of it', () => {
    const cache = createCache(100);
    cache.remember(place('first|'), whole('x'.repeat(1000)));
    assert.equal(cache.find(place('first|')), null);
  });
});
