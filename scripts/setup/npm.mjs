import { run } from './run.mjs';

/**
 * Runs npm quietly. `npm start` tells which npm it is itself; a script run by plain Node takes the one on the PATH.
 *
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string> }} options
 */
export async function npm(args, { cwd, env }) {
  const all = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js')) await run(process.execPath, [cli, ...all], { cwd, env });
  else await run('npm', all, { cwd, env });
}
