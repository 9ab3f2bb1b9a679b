import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { replaceFile, replaceFileSync } from '../../../server/src/replace-file';

describe('a file that is replaced', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vm-'));
    file = path.join(folder, 'placements.json');
    writeFileSync(file, 'what was there before, and was longer');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [how, replace] of [
    ['at once', async (text: string) => replaceFileSync(file, text)],
    ['meanwhile', (text: string) => replaceFile(file, text)],
  ] as const) {
    it(`${how}: nothing of the old one is left, and nobody else may read it`, async () => {
      await replace('new');
      assert.equal(readFileSync(file, 'utf8'), 'new');
      if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o077, 0);
    });

    it(`${how}, but it cannot be written: the old one stays whole`, async () => {
      mkdirSync(`${file}.new`);
      await assert.rejects(replace('new'), { code: 'EISDIR' });
      assert.equal(readFileSync(file, 'utf8'), 'what was there before, and was longer');
    });
  }
});
