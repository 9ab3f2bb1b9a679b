import assert from 'node:assert/strict';
import { createCache, type Place } from '../../../server/src/completion/cache';
import { around } from './support';

function place(marked: string, changes: Partial<Place> = {}): Place {
  return { modelKey: 'm', languageId: 'ts', around: around(marked), ...changes };
}

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
      cache.remember(place(offeredAt), text);
      assert.equal(cache.find(place(askedAt)), expected);
    });
  }

  it('keeps models and languages apart', () => {
    const cache = createCache();
    cache.remember(place('a|'), 'b');
    assert.equal(cache.find(place('a|', { modelKey: 'other' })), null);
    assert.equal(cache.find(place('a|', { languageId: 'py' })), null);
  });

  it('forgets the least recently used places when its bytes are spent', () => {
    const cache = createCache(1000);
    cache.remember(place('first|'), 'x'.repeat(100));
    cache.remember(place('second|'), 'x'.repeat(100));
    cache.find(place('first|'));
    cache.remember(place('third|'), 'x'.repeat(300));
    assert.equal(cache.find(place('second|')), null);
    assert.equal(cache.find(place('first|')), 'x'.repeat(100));
  });

  it('does not keep what is larger than all of it', () => {
    const cache = createCache(100);
    cache.remember(place('first|'), 'x'.repeat(1000));
    assert.equal(cache.find(place('first|')), null);
  });
});
