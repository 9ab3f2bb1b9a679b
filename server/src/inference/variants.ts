/** Which variants of node-llama-cpp's binaries are at hand: beside the program, or in a folder where they were fetched to later. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import * as z from 'zod';

export type Variant = 'cuda' | 'cuda-ext' | 'vulkan';
export type HasVariant = (variant: Variant) => boolean;

/** What was fetched for this machine later and lies outside of the program. */
export interface FetchedRuntime {
  /** A node_modules in it may hold variants. */
  readonly folder: string;
  /** Folders with CUDA's libraries. */
  libraryFolders(): string[];
}

const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'win', darwin: 'mac' };

export function packageOf(variant: Variant): string {
  return `@node-llama-cpp/${systems[process.platform] ?? process.platform}-${process.arch}-${variant}`;
}

/** Looks each time: what is fetched meanwhile counts. Only a variant of the same version as node-llama-cpp is one. */
export function variantsAt(programFolder: string, fetched: FetchedRuntime): HasVariant {
  return (variant) => {
    const wanted = llamaVersion(programFolder);
    const folders = [programFolder, fetched.folder];
    return wanted !== null && folders.some((folder) => versionOf(packageOf(variant), folder) === wanted);
  };
}

/** Of node-llama-cpp; `null`: it is not there. */
export function llamaVersion(programFolder: string): string | null {
  return versionOf('node-llama-cpp', programFolder);
}

const manifestSchema = z.object({ version: z.string() });

/** As Node finds the package from this folder; not by Node's own means, which remember what was not there. */
function versionOf(name: string, folder: string): string | null {
  const parent = path.dirname(folder);
  try {
    const manifest = readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8');
    return manifestSchema.parse(JSON.parse(manifest)).version;
  } catch {
    return parent === folder ? null : versionOf(name, parent);
  }
}
