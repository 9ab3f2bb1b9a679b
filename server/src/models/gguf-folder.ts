/**
 * The GGUF files in a folder, as models; the parts of a split one are one model. Names and sizes only. Nothing that may
 * lie in a folder (links in a circle, folders with the ending of a file, what nobody may read) is an error: it is not a model.
 */
import { readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ModelRef } from '#protocol';
import { splitName } from '../split-name';

const mostModels = 1000;

/** By name; a folder that is missing or cannot be read has none. */
export function modelsIn(folder: string): ModelRef[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const firsts = new Set(
    names
      .filter((name) => name.toLowerCase().endsWith('.gguf'))
      .sort()
      .map((name) => splitName(name)?.parts[0] ?? name),
  );
  const present = new Set(names);
  return [...firsts].slice(0, mostModels).flatMap((name) => {
    const parts = (splitName(name)?.parts ?? [name]).filter((part) => present.has(part));
    const model = modelOf(join(folder, name), parts);
    return model ? [model] : [];
  });
}

/** The model that a file is, or is a part of; `null` when there is no such file. It is its own id. */
export function modelAt(path: string): ModelRef | null {
  if (!fileStat(path)) return null;
  const split = splitName(basename(path));
  return modelOf(join(dirname(path), split?.parts[0] ?? basename(path)), split?.parts ?? [basename(path)]);
}

/** Paths of all its parts, also of those that are missing. */
export function partsOf(model: ModelRef): string[] {
  const names = splitName(basename(model.path))?.parts ?? [basename(model.path)];
  return names.map((name) => join(dirname(model.path), name));
}

/** `null`: there is no such file, or it is none (a folder, a socket, a link that leads nowhere or in a circle). */
export function fileStat(path: string): Stats | null {
  try {
    const stat = statSync(path);
    return stat.isFile() ? stat : null;
  } catch {
    return null;
  }
}

function modelOf(path: string, parts: readonly string[]): ModelRef | null {
  const sizes = parts.flatMap((part) => fileStat(join(dirname(path), part))?.size ?? []);
  if (sizes.length === 0) return null;
  return {
    id: path,
    name: splitName(basename(path))?.base ?? basename(path).replace(/\.gguf$/i, ''),
    path,
    size_bytes: sizes.reduce((sum, size) => sum + size, 0),
    embedded: false,
  };
}
