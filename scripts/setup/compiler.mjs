import { spawnSync } from 'node:child_process';
import { run } from './run.mjs';

/**
 * A C compiler: the tests build a stand-in for NVIDIA's library. On Debian and Ubuntu as root a missing one is installed;
 * elsewhere the error says what to do.
 */
export async function ensureCompiler() {
  if (works('cc')) return;
  if (process.getuid?.() !== 0 || !works('apt-get'))
    throw new Error(
      'No C compiler found (cc). Install one, on Debian and Ubuntu: sudo apt-get install gcc libc6-dev',
    );
  console.log('Installing gcc with apt-get: no C compiler found.');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'gcc', 'libc6-dev'], { env });
}

/** @param {string} command */
function works(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}
