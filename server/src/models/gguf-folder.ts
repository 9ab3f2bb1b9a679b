/** The GGUF files in a folder, as models. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ModelRef } from '#protocol';

const mostFiles = 1000;

/** Files that end in .gguf, by name; a folder that is missing or cannot be read has none. */
export function modelsIn(folder: string): ModelRef[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.name.toLowerCase().endsWith('.gguf'))
    .slice(0, mostFiles)
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      // A link may lead nowhere.
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat?.isFile() ? [modelAt(path, stat.size)] : [];
    });
}

/** A model file outside of any folder of ours is its own id. */
export function modelAt(path: string, sizeBytes: number): ModelRef {
  return {
    id: path,
    name: basename(path).replace(/\.gguf$/i, ''),
    path,
    size_bytes: sizeBytes,
    embedded: false,
  };
}
