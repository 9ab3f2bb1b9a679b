import { spawn } from 'node:child_process';

/**
 * Runs a command to its end, its output in ours. Rejects when it cannot start or does not end with 0.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> | undefined }} [options] env is added to ours
 * @returns {Promise<void>}
 */
export function run(command, args, { cwd, env } = {}) {
  // On Windows npm and code are batch files, which only its shell runs; that takes one line, words with spaces in quotes.
  const shell = process.platform === 'win32' && !command.endsWith('.exe');
  const line = [command, ...args].map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ');
  return new Promise((resolve, reject) => {
    spawn(shell ? line : command, shell ? [] : args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      shell,
    })
      .on('error', reject)
      .on('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`"${line}" ended with ${signal ?? code}`));
      });
  });
}
