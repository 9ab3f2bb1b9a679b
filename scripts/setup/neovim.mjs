import { spawnSync } from 'node:child_process';
import { run } from './run.mjs';

/**
 * Neovim, with which the recipe in docs/editors.md is tested. On Debian and Ubuntu as root a missing one is installed;
 * elsewhere the error says what to do.
 */
export async function ensureNeovim() {
  if (works('nvim')) return;
  const install = ['install', '-y', '--no-install-recommends', 'neovim'];
  if (process.getuid?.() !== 0 || !works('apt-get'))
    throw new Error(
      `Not found: nvim (0.7 or newer). On Debian and Ubuntu: sudo apt-get ${install.join(' ')}`,
    );
  console.log('Installing neovim with apt-get: no nvim found.');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['-qq', ...install], { env });
}

/** @param {string} command */
function works(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}
