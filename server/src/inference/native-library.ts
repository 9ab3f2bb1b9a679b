/**
 * The library that native/ is compiled to: llama.cpp loads it by itself when it is named in the environment of its process.
 * It brings a lasting CPU thread pool, and the shards of a model that is split over machines. Without it everything else works.
 */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import type { SplitPlan } from './gpu-environment';

export interface NativeLibrary {
  readonly path: string;
  /** Of what it was made: both ends of a shard must be of one build. */
  readonly build: string;
}

export type NativeLibrarySearch = NativeLibrary | { readonly problem: string };

const manifestSchema = z.object({ build: z.string().min(1), llama_cpp: z.string() });
const fileName = process.platform === 'darwin' ? 'libvramesh.dylib' : 'libvramesh.so';

/** @param programFolder where the bundles are: `dist/` */
export function findNativeLibrary(programFolder: string): NativeLibrarySearch {
  const platform = `${process.platform}-${process.arch}`;
  const folder = path.join(programFolder, 'native', platform);
  const library = path.join(folder, fileName);
  const manifest = readJson(path.join(folder, 'manifest.json'), manifestSchema);
  if (manifest === null || !existsSync(library))
    return { problem: `this installation has no library for it (${platform})` };
  const installed = llamaCppRelease(programFolder);
  if (installed !== manifest.llama_cpp)
    return {
      problem: `its library was made for llama.cpp ${manifest.llama_cpp}, but ${installed ?? 'an unknown release'} is installed`,
    };
  return { path: library, build: manifest.build };
}

/** For a process that is to run llama.cpp. native/registry.cpp reads the split. */
export function nativeEnvironment(library: NativeLibrary | null, split?: SplitPlan): NodeJS.ProcessEnv {
  if (library === null) return {};
  const threads = String(os.availableParallelism());
  const env = { GGML_BACKEND_PATH: library.path, VRAMESH_THREADS: threads };
  return split === undefined ? env : { ...env, VRAMESH_SPLIT: splitLines(split).join('\n') };
}

function splitLines({ shards, gpuLayers }: SplitPlan): string[] {
  const lines = shards.map(({ socket, layers }) => `shard ${layers.join(',')} ${socket}`);
  return gpuLayers.length === 0 ? lines : [...lines, `local ${gpuLayers.join(',')}`];
}

/** As node-llama-cpp names it; it lies in the folder that ships, or beside it in a checkout. */
function llamaCppRelease(programFolder: string): string | null {
  const schema = z.object({ tag: z.string() });
  for (const folder of [programFolder, path.dirname(programFolder)]) {
    const info = readJson(path.join(folder, 'node_modules/node-llama-cpp/llama/llama.cpp.info.json'), schema);
    if (info !== null) return info.tag;
  }
  return null;
}

function readJson<Value>(file: string, schema: z.ZodType<Value>): Value | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
