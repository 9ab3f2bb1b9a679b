/** The program as it ships: the CPU's variant of llama.cpp alone, and no node_modules of a checkout above it. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as packaging from '../../scripts/package/stage.mjs';

/** @param folder outside of the checkout. Resolves with the folder of the bundles in it. */
export async function layOutProgram(folder: string): Promise<string> {
  // The tests are bundled, the script is not.
  const script = pathToFileURL(path.resolve('scripts/package/stage.mjs')).href;
  const { stage }: typeof packaging = await import(script);
  await stage(`${process.platform}-${process.arch}`, folder);
  return path.join(folder, 'dist');
}
