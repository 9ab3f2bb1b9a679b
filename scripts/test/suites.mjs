/** The suites, and how each is run: a process of its own that leaves its results in a file. */
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
 * `file`: the test file, where one is to blame.
 *
 * @typedef {{ title: string, message: string, file?: string }} Failure
 * @typedef {{ passed: number, failures: Failure[] }} Results
 */

/**
 * Runs them, two at a time where there are several: most of what they do is waiting. What each prints is shown when it
 * has ended; the only one is heard at once.
 *
 * @param {readonly string[]} names
 * @returns {Promise<Results>}
 */
export async function runSuites(names) {
  const waiting = [...names];
  /** @type {Results} */
  const total = { passed: 0, failures: [] };
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const suite = /** @type {Suite} */ (suites[name]);
      const args = 'folders' in suite ? ['scripts/test/mocha.mjs', ...suite.folders()] : [suite.program];
      const { passed, failures } = await runProcess(name, args, names.length === 1);
      total.passed += passed;
      total.failures.push(...failures);
    }
  };
  await Promise.all([work(), work()]);
  return total;
}

/**
 * Runs test files once more, with nothing beside them.
 *
 * @param {readonly string[]} files
 * @returns {Promise<Results>}
 */
export function runAlone(files) {
  return runProcess('again', ['scripts/test/mocha.mjs', ...files], true);
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {boolean} heard
 * @returns {Promise<Results>} a suite that ends without results, or with none, has failed
 */
async function runProcess(name, args, heard) {
  console.log(`── ${name}: begins ──`);
  const file = path.resolve('dist/test/results', `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });

  /** @type {string[]} */
  const printed = [];
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
      stdio: ['ignore', heard ? 'inherit' : 'pipe', heard ? 'inherit' : 'pipe'],
      env: { ...process.env, VRAMESH_TEST_RESULTS: file },
      timeout: suiteLimitMs,
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => printed.push(text));
    child.on('error', reject).on('close', resolve);
  });
  if (!heard) console.log(`\n── ${name} ──\n${printed.join('')}`);
  return readResults(file) ?? { passed: 0, failures: [{ title: name, message: 'ended without a result' }] };
}

/**
 * @param {string} file
 * @returns {Results | null}
 */
function readResults(file) {
  try {
    /** @type {Results} */
    const { passed, failures } = JSON.parse(readFileSync(file, 'utf8'));
    return passed + failures.length > 0 ? { passed, failures } : null;
  } catch {
    return null;
  }
}
