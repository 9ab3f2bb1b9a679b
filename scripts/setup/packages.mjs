import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { npm } from './npm.mjs';

/**
 * Makes node_modules what package-lock.json asks for. Most calls find that it is and do nothing: npm leaves a lock of what
 * it installed in node_modules, as its last step, and comparing the two takes a few milliseconds.
 *
 * @param {string} repository
 */
export async function ensurePackages(repository) {
  const why = whyInstall(repository);
  if (!why) return;
  console.log(`Installing packages (npm ci): ${why}.`);
  await npm(['ci'], { cwd: repository });
}

/**
 * @param {string} repository
 * @returns {string | null} null: nothing to do
 */
function whyInstall(repository) {
  const installedLock = path.join(repository, 'node_modules/.package-lock.json');
  if (!existsSync(installedLock)) return 'there is no whole node_modules yet';
  const installed = readLock(installedLock);
  for (const [name, wanted] of Object.entries(readLock(path.join(repository, 'package-lock.json')))) {
    const leftOut = wanted.optional || wanted.devOptional || name === '';
    if (installed[name] ? installed[name].version !== wanted.version : !leftOut)
      return `package-lock.json wants ${name.replace(/^.*node_modules\//, '')} ${wanted.version}`;
  }
  return null;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>}
 */
function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
