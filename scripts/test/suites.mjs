/** The suites, and how each is run: a process of its own that leaves its counts in a file. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * `folders`: their test files are run by mocha in Node; `program` runs its suite itself, elsewhere (in an editor's
 * extension host). In the order in which they are begun: those that take longest first.
 *
 * @typedef {{ always: boolean, folders: () => string[] } | { always: boolean, program: string }} Suite
 * @type {Record<string, Suite>}
 */
export const suites = {
  host: { always: true, folders: () => ['dist/test/integration/host'] },
  browser: { always: true, folders: () => ['dist/test/e2e/browser'] },
  network: { always: true, folders: () => ['dist/test/integration/network'] },
  engine: { always: true, folders: () => ['dist/test/integration/inference'] },
  integration: { always: true, folders: otherIntegration },
  unit: { always: true, folders: () => ['dist/test/unit'] },
  extension: { always: true, program: 'dist/test/e2e/extension/main.js' },
  gpu: { always: false, folders: () => ['dist/test/gpu'] },
};

/** Those that have a suite of their own are long. */
function otherIntegration() {
  const own = ['host', 'network', 'inference'];
  return readdirSync('dist/test/integration')
    .filter((name) => !own.includes(name))
    .map((name) => `dist/test/integration/${name}`);
}

const suiteLimitMs = 30 * 60_000;

/**
 * Runs them, two at a time where there are several: most of what they do is waiting. What each prints is shown when it
 * has ended; the only one is heard at once.
 *
 * @param {readonly string[]} names
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runSuites(names) {
  const waiting = [...names];
  const total = { passed: 0, failed: 0 };
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const { passed, failed } = await runSuite(name, names.length === 1);
      total.passed += passed;
      total.failed += failed;
    }
  };
  await Promise.all([work(), work()]);
  return total;
}

/**
 * @param {string} name
 * @param {boolean} heard
 * @returns {Promise<{ passed: number, failed: number }>} a suite that ends without counts, or with none, has failed
 */
async function runSuite(name, heard) {
  console.log(`── ${name}: begins ──`);
  const suite = /** @type {Suite} */ (suites[name]);
  const results = path.resolve('dist/test/results', `${name}.json`);
  mkdirSync(path.dirname(results), { recursive: true });
  rmSync(results, { force: true });

  const args = 'folders' in suite ? ['scripts/test/mocha.mjs', ...suite.folders()] : [suite.program];
  /** @type {string[]} */
  const printed = [];
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
      stdio: ['ignore', heard ? 'inherit' : 'pipe', heard ? 'inherit' : 'pipe'],
      env: { ...process.env, VRAMESH_TEST_RESULTS: results },
      timeout: suiteLimitMs,
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => printed.push(text));
    child.on('error', reject).on('close', resolve);
  });
  if (!heard) console.log(`\n── ${name} ──\n${printed.join('')}`);
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
