/**
 * Models: what can be placed on this machine. Finds files; never loads them (that is an engine's work).
 */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ModelRef } from '#protocol';
import { modelAt, modelsIn } from './gguf-folder';

export const embeddedModelId = 'vramesh-tiny';

export interface Models {
  /** The embedded model, then every GGUF in the models folder. */
  list(): ModelRef[];
  /** By id, by name, or by the path of a GGUF. Throws, in words, when there is no such model. */
  find(id: string): ModelRef;
}

export function createModels(options: { embedded: string; folder: string }): Models {
  function list(): ModelRef[] {
    const stat = statSync(options.embedded, { throwIfNoEntry: false });
    const found = modelsIn(options.folder);
    if (!stat) return found;
    return [
      {
        id: embeddedModelId,
        name: embeddedModelId,
        path: options.embedded,
        size_bytes: stat.size,
        embedded: true,
      },
      ...found,
    ];
  }

  function find(id: string): ModelRef {
    const known = list().find((model) => model.id === id || model.name === id);
    if (known) return known;
    const path = resolve(id.startsWith('~/') ? join(homedir(), id.slice(2)) : id);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile()) return modelAt(path, stat.size);
    const hint = `Name one of: ${list()
      .map((model) => model.name)
      .join(', ')}; or the path of a GGUF file.`;
    throw new Error(stat ? `${path} is not a file. ${hint}` : `There is no model "${id}". ${hint}`);
  }

  return { list, find };
}
