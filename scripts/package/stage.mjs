/**
 * Lays out what ships, in a folder of its own: a node_modules beside the bundles of the checkout would be found by what is run
 * there. Everything is named; what is not named does not ship.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fillNodeModules } from './node-modules.mjs';
import { thirdPartyNotices } from './notices.mjs';

const shipped = [
  'LICENSE',
  'bin',
  'package.nls.json',
  'package.nls.fr.json',
  'l10n',
  'media',
  'dist/client.js',
  'dist/vramesh.js',
  'dist/engine.js',
  'dist/variant-hooks.mjs',
  'dist/tunnel.js',
  'dist/unpack.js',
  'dist/webview.js',
  'dist/webview.css',
  'dist/grammars',
];

/**
 * @param {string} target
 * @param {string} folder emptied first
 */
export async function stage(target, folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of [...shipped, ...picturesIn(await readFile('README.md', 'utf8'))])
    await cp(name, path.join(folder, name), { recursive: true });
  const native = `dist/native/${target}`;
  if (existsSync(native)) await cp(native, path.join(folder, native), { recursive: true });
  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  const { devDependencies: _dev, scripts: _scripts, imports: _imports, ...kept } = manifest;
  // vsce wants to be told that all of it is meant.
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ ...kept, files: ['**'] }, null, 2));
  await writeFile(path.join(folder, 'README.md'), await readme(manifest.repository.url));
  const copied = await fillNodeModules(target, path.join(folder, 'dist/node_modules'));
  const notices = await thirdPartyNotices([...(await bundledPackages()), ...copied], await grammars());
  await writeFile(path.join(folder, 'THIRD-PARTY-NOTICES.txt'), notices);
}

/**
 * Pictures ship; pages of the documentation do not, so links lead to the repository.
 *
 * @param {string} repository
 */
async function readme(repository) {
  const text = await readFile('README.md', 'utf8');
  return text.replace(/(?<!!)(\[[^\]]*\])\((?!\w+:|#)([^)]+)\)/g, `$1(${repository}/blob/HEAD/$2)`);
}

/**
 * @param {string} markdown
 * @returns {string[]} relative paths
 */
function picturesIn(markdown) {
  const pictures = markdown.matchAll(/!\[[^\]]*\]\((?!\w+:)([^)]+)\)|\bsrc(?:set)?="(?!\w+:)([^"]+)"/g);
  return [...pictures].flatMap(([, linked, embedded]) => linked ?? embedded ?? []);
}

/** @returns {Promise<string[]>} folders of the packages that esbuild took something from */
async function bundledPackages() {
  /** @type {{ inputs: string[] }} */
  const { inputs } = JSON.parse(await readFile('dist/inputs.json', 'utf8'));
  const folders = inputs.flatMap(
    (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  return [...new Set(folders)];
}

async function grammars() {
  const files = await readdir('dist/grammars');
  return files.flatMap((file) => /^tree-sitter-(.+)\.wasm$/.exec(file)?.[1] ?? []);
}
