/**
 * `npm test [SUITE…]`: sets up what the tests need, builds, runs the suites, and ends with the line `N passed, N failed`.
 * Without names it runs every suite that needs no GPU. A suite that cannot run has failed.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { buildNative } from './native/build.mjs';
import { ensureCompiler } from './setup/compiler.mjs';
import { ensureNeovim } from './setup/neovim.mjs';
import { ensureNamespaces } from './setup/network.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { run } from './setup/run.mjs';
import { ensureVulkan } from './setup/vulkan.mjs';
import { runSuites, suites } from './test/suites.mjs';
import { judge } from './test/verdict.mjs';

const repository = path.resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
process.chdir(repository);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. Suites: ${Object.keys(suites).join(', ')}.`);
  process.exit(2);
}
const names = wanted.length > 0 ? wanted : Object.keys(suites).filter((name) => suites[name]?.always);

await ensurePackages(repository);
await ensureCompiler();
await ensureVulkan();
await ensureNamespaces();
await ensureNeovim();
await rm('dist/test', { recursive: true, force: true });
await run(process.execPath, ['esbuild.mjs', '--tests']);
const lacking = await buildNative();
if (lacking !== null) throw new Error(`native/ was not compiled: ${lacking}`);

process.exitCode = (await judge(await runSuites(names))) ? 0 : 1;
