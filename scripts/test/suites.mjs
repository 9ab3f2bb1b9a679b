/** The suites, and how each is run: a process of its own that leaves its counts in a file. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * `folder`: its test files are run by mocha in Node; `program` runs its suite itself, elsewhere (in an editor's extension host).
 *
 * @typedef {{ always: boolean, folder: string } | { always: boolean, program: string }} Suite
 * @type {Record<string, Suite>}
 */
export const suites = {
  unit: { always: true, folder: 'dist/test/unit' },
  integration: { always: true, folder: 'dist/test/integration' },
  browser: { always: true, folder: 'dist/test/e2e/browser' },
  extension: { always: true, program: 'dist/test/e2e/extension/main.js' },
  gpu: { always: false, folder: 'dist/test/gpu' },
};

const suiteLimitMs = 15 * 60_000;

/**
 * @param {string} name
 * @returns {Promise<{ passed: number, failed: number }>} a suite that ends without counts, or with none, has failed
 */
export async function runSuite(name) {
  console.log(`\n── ${name} ──`);
  const suite = /** @type {Suite} */ (suites[name]);
  const results = path.resolve('dist/test/results', `${name}.json`);
  mkdirSync(path.dirname(results), { recursive: true });
  rmSync(results, { force: true });

  const args = 'folder' in suite ? ['scripts/test/mocha.mjs', suite.folder] : [suite.program];
  await new Promise((resolve, reject) => {
    const env = { ...process.env, VRAMESH_TEST_RESULTS: results };
    spawn(process.execPath, ['--enable-source-maps', ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env,
      timeout: suiteLimitMs,
    })
      .on('error', reject)
      .on('close', resolve);
  });
  return readCounts(results) ?? { passed: 0, failed: 1 };
}

/** @param {string} file */
function readCounts(file) {
  try {
    const { passed, failed } = JSON.parse(readFileSync(file, 'utf8'));
    return passed + failed > 0 ? { passed, failed } : null;
  } catch {
    console.error(`The suite ended without a result (${path.basename(file)}).`);
    return null;
  }
}
