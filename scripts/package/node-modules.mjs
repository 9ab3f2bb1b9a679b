/**
 * What stays outside the bundles, node-llama-cpp and koffi with all that they need, and which of their files ship. Versions are
 * those of package-lock.json; the binaries of another platform come from the registry and must be the ones that the lock names.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import * as tar from 'tar';
import { npm } from '../setup/npm.mjs';
import { binaryPackages } from './targets.mjs';

const roots = ['node-llama-cpp', 'koffi'];
const cache = 'node_modules/.cache/vramesh/packed';

/** Not needed to run: types, maps, texts, upstream's sources as a git bundle, templates for new projects, other C libraries. */
const left = new RegExp(
  [
    '\\.(d\\.[cm]?ts|map)$',
    '/(README|CHANGELOG|HISTORY)\\.md$',
    '/yarn\\.lock$',
    '^node-llama-cpp/(llama/gitRelease\\.bundle|templates)$',
    '^@koromix/koffi-linux-[^/]+/musl_',
  ].join('|'),
  'i',
);

/**
 * @param {string} target
 * @param {string} folder becomes the node_modules of the package
 * @returns {Promise<string[]>} the folders of the packages in it
 */
export async function fillNodeModules(target, folder) {
  const binaries = binaryPackages(target);
  const packages = [...(await withDependencies(roots)), ...binaries];
  for (const name of packages) {
    const from = binaries.includes(name) ? await binaryPackage(name) : path.join('node_modules', name);
    await cp(from, path.join(folder, name), { recursive: true, filter: (file) => ships(name, from, file) });
  }
  return packages.map((name) => path.join(folder, name));
}

/**
 * @param {string} name
 * @param {string} from
 * @param {string} file
 */
function ships(name, from, file) {
  const inside = path.relative(from, file).split(path.sep);
  return !inside.includes('node_modules') && !left.test([name, ...inside].join('/'));
}

/**
 * Follows `dependencies` as Node resolves them. Optional ones are binaries, which are chosen by target.
 *
 * @param {string[]} names
 * @returns {Promise<string[]>} folders below node_modules: "a", "a/node_modules/b"
 */
async function withDependencies(names) {
  const found = new Set();
  /** @type {{ name: string, from: string }[]} */
  const waiting = names.map((name) => ({ name, from: '' }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const folder = resolve(next.name, next.from);
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = await readJson(
      path.join('node_modules', folder, 'package.json'),
    );
    for (const name of Object.keys(dependencies))
      if (!(name in optionalDependencies)) waiting.push({ name, from: folder });
  }
  return [...found].sort();
}

/**
 * @param {string} name
 * @param {string} from folder below node_modules that asks for it
 * @returns {string}
 */
function resolve(name, from) {
  const own = from === '' ? name : `${from}/node_modules/${name}`;
  if (existsSync(path.join('node_modules', own))) return own;
  if (from === '') throw new Error(`${name} is not installed. Run "npm ci".`);
  const outer = from.lastIndexOf('/node_modules/');
  return resolve(name, outer === -1 ? '' : from.slice(0, outer));
}

/**
 * @param {string} name
 * @returns {Promise<string>} the folder where it lies unpacked
 */
async function binaryPackage(name) {
  const installed = path.join('node_modules', name);
  if (existsSync(installed)) return installed;
  const { packages } = await readJson('package-lock.json');
  const { version, integrity } = packages[installed];
  const folder = path.resolve(cache, `${name.replace('/', '-')}-${version}`);
  if (existsSync(folder)) return folder;
  console.log(`Fetching ${name} ${version} from the registry.`);
  await mkdir(path.resolve(cache), { recursive: true });
  await npm(['pack', `${name}@${version}`, '--silent', '--pack-destination', path.resolve(cache)], {
    cwd: '.',
  });
  const packed = path.resolve(cache, `${name.slice(1).replace('/', '-')}-${version}.tgz`);
  const found = `sha512-${createHash('sha512')
    .update(await readFile(packed))
    .digest('base64')}`;
  // A lock that was written where a platform's package could not be seen has no hash of it: then npm's own check has to do.
  if (integrity !== undefined && found !== integrity)
    throw new Error(`${packed} is not the ${name} that package-lock.json names.`);
  await mkdir(`${folder}.unfinished`, { recursive: true });
  await tar.extract({ file: packed, cwd: `${folder}.unfinished`, strip: 1 });
  await rename(`${folder}.unfinished`, folder);
  return folder;
}

/** @param {string} file */
async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}
