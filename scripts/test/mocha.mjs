/**
 * Runs test files, and those below folders, in this process, and leaves the results in the file that VRAMESH_TEST_RESULTS
 * names: `{ passed, failures: [{ title, message, file }] }`.
 */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

const results = process.env.VRAMESH_TEST_RESULTS;
const places = process.argv.slice(2);
if (!results || places.length === 0)
  throw new Error('usage: VRAMESH_TEST_RESULTS=FILE mocha.mjs FOLDER|FILE…');

const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, forbidOnly: true, forbidPending: true });
for (const file of places.flatMap(testFiles)) mocha.addFile(path.resolve(file));
await mocha.loadFilesAsync();

/** @type {{ title: string, message: string, file: string | undefined }[]} */
const failures = [];
const runner = mocha.run((count) => {
  const { passes = 0 } = runner.stats ?? {};
  writeFileSync(results, JSON.stringify({ passed: passes, failures }));
  // A handle that a failed test has left open must not keep the suite alive.
  process.exit(count === 0 ? 0 : 1);
});
runner.on('fail', (test, error) =>
  failures.push({ title: test.fullTitle(), message: error.message ?? String(error), file: test.file }),
);

/** @param {string} place */
function testFiles(place) {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => path.join(place, file));
}
