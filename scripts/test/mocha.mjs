/** Runs the test files below some folders in this process and leaves the counts in the file that VRAMESH_TEST_RESULTS names. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

const results = process.env.VRAMESH_TEST_RESULTS;
const folders = process.argv.slice(2);
if (!results || folders.length === 0) throw new Error('usage: VRAMESH_TEST_RESULTS=FILE mocha.mjs FOLDER…');

const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, forbidOnly: true, forbidPending: true });
for (const folder of folders) {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(path.resolve(folder, file));
  }
}
await mocha.loadFilesAsync();
const runner = mocha.run((failures) => {
  const { passes = 0 } = runner.stats ?? {};
  writeFileSync(results, JSON.stringify({ passed: passes, failed: failures }));
  // A handle that a failed test has left open must not keep the suite alive.
  process.exit(failures === 0 ? 0 : 1);
});
