import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeHttpToken, openHttpToken, removeHttpToken } from '../../../server/src/http-token';

describe('the token of the HTTP API', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vm-'));
    file = path.join(folder, 'http-token.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('matches itself only, has 256 bits, and is kept as a hash that only its user can read', () => {
    const token = makeHttpToken(file);
    assert.match(token, /^vramesh_[\w-]{43}$/);
    assert.equal(openHttpToken(file).matches(token), true);
    for (const other of ['', 'vramesh_', token.slice(0, -1), `${token}x`, token.toUpperCase()])
      assert.equal(openHttpToken(file).matches(other), false, other);
    assert.doesNotMatch(readFileSync(file, 'utf8'), new RegExp(token.slice(8)));
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('a new one voids the one before, and a removal the last, in a host that runs', () => {
    const first = makeHttpToken(file);
    const open = openHttpToken(file);
    assert.equal(open.matches(first), true);
    const second = makeHttpToken(file);
    assert.deepEqual([open.matches(first), open.matches(second)], [false, true]);
    assert.equal(removeHttpToken(file), true);
    assert.deepEqual([open.exists(), open.matches(second)], [false, false]);
    assert.equal(removeHttpToken(file), false);
  });

  for (const text of ['', 'garbage', '{}', '{"sha256": "00"}', '{"sha256": null}', '[]']) {
    it(`lets nobody in by a file that says ${JSON.stringify(text)}`, () => {
      writeFileSync(file, text);
      const open = openHttpToken(file);
      assert.deepEqual([open.exists(), open.matches(''), open.matches('00')], [false, false, false]);
    });
  }

  it('says in words that it cannot be kept', () => {
    assert.throws(
      () => makeHttpToken(path.join(folder, 'none', 'token')),
      /cannot be kept in .*Nothing was changed/,
    );
  });
});
