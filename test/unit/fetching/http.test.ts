import assert from 'node:assert/strict';
import { checkAddress } from '../../../server/src/fetching/address';
import { contentRange, isSame, type RemoteFile } from '../../../server/src/fetching/remote-file';

describe('fetching: addresses that a redirect may lead to', () => {
  const cases: [from: string, to: string, allowed: boolean][] = [
    ['https://hub.example', 'https://cdn.example/x', true],
    ['https://hub.example', 'http://cdn.example/x', false],
    ['https://hub.example', 'http://127.0.0.1:52415/state', false],
    ['https://hub.example', 'https://localhost/x', false],
    ['https://hub.example', 'https://[::1]/x', false],
    ['https://hub.example', 'data:text/plain,x', false],
    ['http://127.0.0.1:1', 'http://localhost:2/x', true],
    ['http://127.0.0.1:1', 'https://cdn.example/x', true],
  ];
  for (const [from, to, allowed] of cases) {
    it(`${from} → ${to}`, () => {
      const check = () => checkAddress(new URL(to), new URL(from));
      if (allowed) check();
      else assert.throws(check, /redirects .*Nothing was fetched/);
    });
  }
});

describe('fetching: Content-Range', () => {
  const cases: [header: string, means: ReturnType<typeof contentRange>][] = [
    ['bytes 0-99/1000', { start: 0, end: 99, total: 1000 }],
    ['bytes 0-99/*', { start: 0, end: 99, total: null }],
    ['bytes 99-0/1000', null],
    ['bytes 0-1000/1000', null],
    ['bytes 0-99/99999999999999999999', null],
    ['bytes -1-99/1000', null],
    ['items 0-99/1000', null],
    ['', null],
  ];
  for (const [header, means] of cases) {
    it(header || 'nothing', () =>
      assert.deepEqual(contentRange(new Response(null, { headers: { 'content-range': header } })), means),
    );
  }
});

describe('fetching: whether what arrived still belongs to what will come', () => {
  const part: RemoteFile = {
    url: 'https://a/x.gguf',
    size: 9,
    sha256: null,
    validator: '"1"',
    ranges: true,
  };
  const hash = 'a'.repeat(64);
  const cases: [what: string, before: Partial<RemoteFile>, now: Partial<RemoteFile>, same: boolean][] = [
    ['the same ETag', {}, {}, true],
    ['another ETag', {}, { validator: '"2"' }, false],
    ['no ETag', { validator: null }, { validator: null }, false],
    [
      'no ETag, but the same hash',
      { validator: null, sha256: hash },
      { validator: null, sha256: hash },
      true,
    ],
    [
      'another server of the same hash',
      { sha256: hash },
      { sha256: hash, validator: '"2"', url: 'https://b/' },
      true,
    ],
    ['another hash', { sha256: hash }, { sha256: 'b'.repeat(64) }, false],
    ['another size', { sha256: hash }, { sha256: hash, size: 10 }, false],
    ['no size', { size: null }, { size: null }, false],
  ];
  for (const [what, before, now, same] of cases) {
    it(what, () => assert.equal(isSame({ ...part, ...before }, { ...part, ...now }), same));
  }
});
