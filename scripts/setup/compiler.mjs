import { spawnSync } from 'node:child_process';
import { run } from './run.mjs';

/** @type {Record<string, string[]>} */
const debianPackages = { cc: ['gcc', 'libc6-dev'], 'c++': ['g++', 'libc6-dev'], git: ['git'] };

/**
 * Compilers: for the stand-in of NVIDIA's library that the tests use (C), and for native/ (C++, and git to unpack upstream's
 * sources). On Debian and Ubuntu as root what is missing is installed; elsewhere the error says what to do.
 */
export async function ensureCompiler() {
  const missing = Object.keys(debianPackages).filter((tool) => !works(tool));
  if (missing.length === 0) return;
  const packages = missing.flatMap((tool) => debianPackages[tool] ?? []);
  if (process.getuid?.() !== 0 || !works('apt-get'))
    throw new Error(
      `Not found: ${missing.join(', ')}. On Debian and Ubuntu: sudo apt-get install ${packages.join(' ')}`,
    );
  console.log(`Installing ${packages.join(', ')} with apt-get: no ${missing.join(', ')} found.`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...packages], { env });
}

/** @param {string} command */
function works(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}
