/** A runtime that fetches with small pieces and short waits, and what is needed to look at it. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import type { TransferLimits } from '../../../server/src/fetching';
import { type CudaLack, createRuntime, type Runtime } from '../../../server/src/runtime';
import { packageName, type Sources, version } from '../../support/cuda-sources';
import { smallPieces } from '../models/harness';

/** On a machine that has the driver and nothing else, but for what was fetched. */
export function runtimeIn(
  folder: string,
  { env }: Pick<Sources, 'env'>,
  limits: Partial<TransferLimits> = {},
): Runtime {
  const missing = (): CudaLack | null => {
    const there = filesIn(folder);
    const has = (name: string) => there.some((file) => path.basename(file) === name);
    const packages = existsSync(path.join(folder, 'node_modules', packageName)) ? [] : [packageName];
    const libraries = ['libcudart.so.13', 'libcublas.so.13', 'libcublasLt.so.13'].filter(
      (name) => !has(name),
    );
    return packages.length + libraries.length === 0 ? null : { cuda: 13, packages, version, libraries };
  };
  return createRuntime({
    folder,
    unpackerPath: path.resolve('dist/unpack.js'),
    env: { ...process.env, ...env },
    limits: { ...smallPieces, ...limits },
    log: pino({ enabled: false }),
    lack: async () => missing(),
  });
}

/** Of everything in it, as paths below it. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => !file.isDirectory())
    .map((file) => path.relative(folder, path.join(file.parentPath, file.name)))
    .sort();
}
