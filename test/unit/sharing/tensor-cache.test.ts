import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pruneTensorCache } from '../../../server/src/sharing/tensor-cache';

describe('the cache of tensors that were sent', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'vm-'));
    folder = path.join(root, 'tensors');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const put = (name: string, ageDays: number, bytes = 100) => {
    const file = path.join(folder, name);
    writeFileSync(file, Buffer.alloc(bytes));
    const at = Date.now() / 1000 - ageDays * 86_400;
    utimesSync(file, at, at);
  };
  const limits = (mostBytes: number) => ({ mostBytes, leaveFree: 0 });

  it('begins as a folder of this user alone', async () => {
    const room = await pruneTensorCache(folder, false, limits(1000));
    assert.equal(room, 1000);
    assert.equal(statSync(folder).mode & 0o077, 0);
  });

  it('loses the oldest first, and no more than it must', async () => {
    await pruneTensorCache(folder, false, limits(1000));
    put('a', 3);
    put('b', 1);
    put('c', 2);
    assert.equal(await pruneTensorCache(folder, false, limits(250)), 50);
    assert.deepEqual(readdirSync(folder).sort(), ['b', 'c']);
  });

  it('loses what was never finished', async () => {
    await pruneTensorCache(folder, false, limits(1000));
    put('a.part', 0);
    await pruneTensorCache(folder, false, limits(1000));
    assert.deepEqual(readdirSync(folder), []);
  });

  it('loses nothing while somebody may be reading', async () => {
    await pruneTensorCache(folder, false, limits(1000));
    put('a', 3);
    put('b.part', 0);
    assert.equal(await pruneTensorCache(folder, true, limits(50)), 0);
    assert.deepEqual(readdirSync(folder).sort(), ['a', 'b.part']);
  });

  it('leaves room on the disk for everything else', async () => {
    assert.equal(await pruneTensorCache(folder, false, { mostBytes: 1000, leaveFree: 2 ** 60 }), 0);
    assert.ok(existsSync(folder));
  });
});
