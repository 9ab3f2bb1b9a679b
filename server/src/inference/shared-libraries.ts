/** Finds shared libraries the way the system's loader does, and in the places where CUDA's installers put them. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

export interface FoundLibrary {
  readonly folder: string;
  /** false: it is there, but the loader does not look into this folder by itself */
  readonly loadable: boolean;
}

/** Where a library of this file name is; null: nowhere. */
export type FindLibrary = (fileName: string) => FoundLibrary | null;

const LINUX_FOLDERS = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/lib/wsl/lib'].concat(
  ['x86_64', 'aarch64'].flatMap((arch) => [`/lib/${arch}-linux-gnu`, `/usr/lib/${arch}-linux-gnu`]),
);

/**
 * Looks once at the folders of this machine; what is installed later is not seen.
 * @param more folders that the loader does not look into by itself
 */
export async function createLibraryFinder(more: readonly string[]): Promise<FindLibrary> {
  const loadable = new Map<string, string>();
  const add = (names: readonly string[], folder: string, to: Map<string, string>) => {
    for (const name of names) if (!to.has(name)) to.set(name, folder);
  };
  for (const folder of searchPath()) add(await filesIn(folder), folder, loadable);
  for (const [name, folder] of await loaderCache()) add([name], folder, loadable);

  const elsewhere = new Map<string, string>();
  for (const folder of [...(await cudaFolders()), ...more]) add(await filesIn(folder), folder, elsewhere);

  return (fileName) => {
    const known = loadable.get(fileName);
    if (known !== undefined) return { folder: known, loadable: true };
    const folder = elsewhere.get(fileName);
    return folder === undefined ? null : { folder, loadable: false };
  };
}

/** Folders with these libraries that the loader must be told about. */
export async function unlistedFolders(
  libraries: readonly string[],
  more: readonly string[],
): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const find = await createLibraryFinder(more);
  const folders = libraries.flatMap((name) => {
    const found = find(name);
    return found === null || found.loadable ? [] : [found.folder];
  });
  return [...new Set(folders)];
}

function searchPath(): string[] {
  if (process.platform === 'win32') return split(process.env.PATH, ';');
  return [...split(process.env.LD_LIBRARY_PATH, ':'), ...LINUX_FOLDERS];
}

function split(list: string | undefined, separator: string): string[] {
  return (list ?? '').split(separator).filter((folder) => folder !== '');
}

/** File name and folder of everything in the loader's cache. */
async function loaderCache(): Promise<[name: string, folder: string][]> {
  if (process.platform !== 'linux') return [];
  const run = promisify(execFile);
  for (const command of ['/sbin/ldconfig', 'ldconfig']) {
    try {
      const { stdout } = await run(command, ['-p'], { maxBuffer: 16 * 2 ** 20 });
      return stdout.split('\n').flatMap((line): [string, string][] => {
        const [, name, file] = /^\s*(\S+) \(.*\) => (.+)$/.exec(line) ?? [];
        return name === undefined || file === undefined ? [] : [[name, path.dirname(file)]];
      });
    } catch {
      // no such command here: the folders above are what there is to know
    }
  }
  return [];
}

async function cudaFolders(): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const versions = (await filesIn('/usr/local')).filter((name) => name.startsWith('cuda')).sort();
  const roots = ['/opt/cuda', ...versions.reverse().map((name) => `/usr/local/${name}`)];
  return roots.flatMap((root) => [`${root}/lib64`, `${root}/targets/x86_64-linux/lib`]);
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
