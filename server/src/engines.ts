/**
 * llama.cpp on this machine: what it can compute with here, and the processes that are started for it. Joins inference,
 * runtime and the GPUs' readings, which may not know each other.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createGpuAccess, type GpuAccess } from './gpu-access';
import {
  createInspector,
  findNativeLibrary,
  type Inspector,
  type NativeLibrarySearch,
  type ShardServer,
  type ShardServerOptions,
  startEngine,
  startShardServer,
} from './inference';
import type { StartEngine } from './instances';
import { createRuntime, defaultLimits, type Runtime } from './runtime';
import type { Telemetry } from './telemetry';

export interface EnginesParts {
  /** Where the bundles are: `dist/`. */
  readonly programFolder: string;
  /** For what is fetched. */
  readonly runtimeFolder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly profile: Telemetry['profile'];
  readonly log: Logger;
}

export interface Engines {
  readonly runtime: Runtime;
  readonly gpuAccess: GpuAccess;
  readonly inspector: Inspector;
  readonly library: NativeLibrarySearch;
  readonly start: StartEngine;
  startShardServer(
    request: Omit<ShardServerOptions, 'backends' | 'fetched' | 'enginePath' | 'log'>,
  ): Promise<ShardServer>;
}

export function createEngines({ programFolder, runtimeFolder, env, profile, log }: EnginesParts): Engines {
  const enginePath = join(programFolder, 'engine.js');
  const runtime = createRuntime({
    folder: runtimeFolder,
    unpackerPath: join(programFolder, 'unpack.js'),
    env,
    limits: defaultLimits,
    lack: () => gpuAccess.lack(),
    log,
  });
  const gpuAccess = createGpuAccess({
    env,
    profile,
    programFolder,
    fetched: runtime,
  });
  const library = findNativeLibrary(programFolder);
  if ('problem' in library) log.warn(`No model can be split over machines: ${library.problem}.`);
  const common = { fetched: runtime, enginePath, log };
  return {
    runtime,
    gpuAccess,
    library,
    inspector: createInspector({ ...common, gpu: async () => (await gpuAccess.backend()).asked }),
    async start({ insteadOfGpu, ...request }) {
      const { cudaExpected, warnings } = gpuAccess.choose();
      for (const warning of warnings) log.warn(warning);
      // On the CPU for want of CUDA deserves a warning; because of its size, or by wish, does not.
      const { cudaMissing, name } = await gpuAccess.backend();
      const forWantOfCuda = insteadOfGpu || (request.plan.gpuLayers === 0 && cudaMissing);
      // Shards wait for one engine and no other: where they lie beside GPUs here, it gets the backend that works.
      const only = forWantOfCuda ? 'cpu' : request.plan.split && request.plan.gpus.length > 0 ? name : null;
      return startEngine({
        ...request,
        ...common,
        backends: only === null ? gpuAccess.backendsFor(request.plan.gpus) : [only],
        cudaExpected,
        native: 'problem' in library ? null : library,
      });
    },
    startShardServer: (request) =>
      startShardServer({
        ...request,
        ...common,
        backends: gpuAccess.backendsFor(request.devices.flatMap(({ gpu }) => gpu ?? [])),
      }),
  };
}
