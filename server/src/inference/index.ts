/**
 * Inference: models in memory, in engine processes of their own, and text out of them; and what a model file says about
 * itself, asked in such a process too. The only part that touches node-llama-cpp, and only ever inside those processes:
 * llama.cpp must never be loaded into the host, which it could take down. This part does not know what a completion is,
 * nor who asked, and it never decides what goes where: it is told.
 */
export { type BackendChoice, type BackendFacts, chooseBackends } from './backends';
export { contextOverheadBytes } from './context-overhead';
export { type CudaLack, lackForCuda } from './cuda-lack';
export type { Engine, EngineRequest } from './engine';
export type { EngineExit } from './engine-process';
export { EngineError, LoadError } from './errors';
export type { Generation } from './generation';
export type { LoadPlan, PlannedGpu, PlannedShard, SplitPlan } from './gpu-environment';
export { inspectBackends } from './inspect-backends';
export {
  type AskedGpu,
  createInspector,
  type Inspector,
  type InspectorOptions,
  type InspectorRequest,
  type ModelInspection,
} from './inspector';
export {
  findNativeLibrary,
  type NativeLibrary,
  type NativeLibrarySearch,
} from './native-library';
export { type LentDevice, type ShardServer, type ShardServerOptions, startShardServer } from './shard-server';
export { createLibraryFinder, type FindLibrary, type FoundLibrary } from './shared-libraries';
export { type StartEngineOptions, startEngine } from './start-engine';
export { type FetchedRuntime, type HasVariant, llamaVersion, variantsAt } from './variants';
export { visibleGpus } from './visible-gpus';
