/**
 * Where can this model run? Brings together what `models/` knows of a file, what `telemetry/` reads of the devices and
 * what is leased, and asks `placement/`. It decides nothing itself.
 */
import type { Backend, Gpu, ModelListing, ModelRef, NodeProfile, Preview, Wishes } from '#protocol';
import type { Leases, Planner } from './instances';
import { createListing, type Sources } from './model-listing';
import type { Inspection, InspectionWish, Models } from './models';
import {
  type ClusterNode,
  type Device,
  type PlacementRequest,
  previews,
  theoreticalSpeed,
} from './placement';
import type { Speeds } from './speeds';

/** A model as far as placing it is concerned, wherever its file is. */
export interface Study extends Inspection {
  readonly modelId: string;
  /** On this machine; `null`: it is not here. */
  readonly path: string | null;
}

export interface HostPlanner extends Planner {
  study(
    model: ModelRef,
    wishes: Pick<Wishes, 'sequences' | 'kv_cache_type'>,
    contextSize: number,
  ): Promise<Inspection>;
  /** On the devices of this machine. */
  previewsFrom(study: Study, wishes: Wishes): Promise<Preview[]>;
  /** On this machine and others together. */
  across(
    study: Study,
    wishes: Wishes,
    others: readonly ClusterNode[],
    splitObstacle: string | null,
  ): Promise<Preview[]>;
  /** @param path of the model whose own leases count as free: it would give them back */
  thisNode(path: string | null): Promise<ClusterNode>;
  /** The models of this machine. Those whose files were not read yet are read meanwhile: their facts come later. */
  listing(): Promise<ModelListing[]>;
}

/** What this machine computes GPU layers with. */
export interface GpuBackend {
  /** Which it is. */
  readonly name: Backend;
  /** How dry runs are kept: another backend has other buffers. */
  readonly dryRuns: Pick<InspectionWish, 'backendKey' | 'onGpu'>;
  /** Bytes that the driver takes for a process on a GPU, beside llama.cpp's buffers. */
  readonly overheadBytes: number;
  /** Why llama.cpp cannot use this GPU, in words; `null`: it can. */
  obstacle(gpu: Gpu): string | null;
}

export interface PlannerParts {
  readonly node: { readonly id: string; readonly name: string };
  readonly models: Pick<Models, 'list' | 'problem' | 'isDeletable' | 'inspection' | 'known'>;
  readonly telemetry: { sample(): NodeProfile };
  readonly leases: Leases;
  readonly speeds: Speeds;
  gpuBackend(): Promise<GpuBackend>;
  /** Bytes per second that the CPU reads from RAM; `null`: could not be measured. */
  ramBandwidth(): Promise<number | null>;
  /** ids of the instances that run this file. */
  instancesOf(model: ModelRef): string[];
}

/** Tokens per sequence when nothing was wished: room for a prompt of one batch and a long answer; less when memory is short. */
const contextSizes: readonly [number, ...number[]] = [4096, 2048, 1024];
/** RAM that is left to everything else. */
const ramReserveBytes = 512 * 2 ** 20;
/** RAM of an engine's process beside llama.cpp's buffers. */
const processBytes = 128 * 2 ** 20;

export function createPlanner(parts: PlannerParts): HostPlanner {
  const { models, telemetry, leases } = parts;
  const fresh: Sources = { sample: telemetry.sample, inspection: models.inspection };
  /** What a run on a preview is measured against. Forgotten with the preview: nearly all are never placed. */
  const askedBy = new WeakMap<Preview, PlacementRequest>();

  async function previewsWith(sources: Sources, model: ModelRef, wishes: Wishes): Promise<Preview[]> {
    const problem = models.problem(model);
    if (problem !== null) throw new Error(problem);
    return withLargestContext(wishes, async (contextSize) => {
      const inspection = await studyWith(sources, model, wishes, contextSize);
      const study = { modelId: model.id, path: model.path, ...inspection };
      return previewsAcross(sources, study, wishes, [], null);
    });
  }

  async function studyWith(
    { inspection }: Sources,
    model: ModelRef,
    { sequences, kv_cache_type: kvCacheType }: Pick<Wishes, 'sequences' | 'kv_cache_type'>,
    contextSize: number,
  ): Promise<Inspection> {
    const { dryRuns } = await parts.gpuBackend();
    return inspection(model, { contextSize, sequences, kvCacheType, ...dryRuns });
  }

  async function previewsAcross(
    sources: Sources,
    { modelId, path, facts, need }: Study,
    wishes: Wishes,
    others: readonly ClusterNode[],
    splitObstacle: string | null,
  ): Promise<Preview[]> {
    const request: PlacementRequest = {
      modelId,
      facts,
      need,
      wishes,
      nodes: [await ownNode(sources, path), ...others],
      splitObstacle,
      measured: parts.speeds.all(),
    };
    const found = previews(request);
    for (const preview of found) askedBy.set(preview, request);
    return found;
  }

  /** @param owner whose own leases count as free: it would give them back */
  async function ownNode({ sample }: Sources, owner: string | null): Promise<ClusterNode> {
    const backend = await parts.gpuBackend();
    const bandwidth = await parts.ramBandwidth();
    const profile = sample();
    const free = (id: string, bytes: number) => {
      const held = owner === null ? 0 : leases.heldBy(owner, id);
      const left = bytes - leases.promised(id, owner ?? '') + held;
      const seen = left + leases.parked(id, owner ?? '');
      return { freeBytes: Math.max(0, left), driverFreeBytes: Math.max(0, seen) };
    };
    const gpus = profile.gpus.map((gpu): Device => {
      const id = deviceId(gpu);
      return {
        id,
        name: gpu.name,
        kind: 'gpu',
        index: gpu.index,
        capacityBytes: gpu.vram_total ?? 0,
        ...free(id, gpu.vram_free ?? 0),
        overheadBytes: backend.overheadBytes,
        bandwidth: vramBandwidth(gpu),
        obstacle: obstacle(gpu) ?? backend.obstacle(gpu),
      };
    });
    const cpu: Device = {
      id: cpuId,
      name: 'CPU',
      kind: 'cpu',
      index: null,
      capacityBytes: profile.memory.ram_total,
      ...free(cpuId, usableRam(profile)),
      overheadBytes: processBytes,
      bandwidth,
      obstacle: null,
    };
    return {
      ...parts.node,
      roundTripMs: 0,
      bytesPerSecond: null,
      shardObstacle: null,
      devices: [...gpus, cpu],
    };
  }

  return {
    previews: (model, wishes) => previewsWith(fresh, model, wishes),
    study: (model, wishes, contextSize) => studyWith(fresh, model, wishes, contextSize),
    previewsFrom: (study, wishes) => previewsAcross(fresh, study, wishes, [], null),
    across: (study, wishes, others, obstacle) => previewsAcross(fresh, study, wishes, others, obstacle),
    thisNode: (path) => ownNode(fresh, path),
    listing: createListing({
      models,
      sample: telemetry.sample,
      previews: previewsWith,
      facts: async (sources, model, wishes) =>
        (await studyWith(sources, model, wishes, contextSizes[0])).facts,
      instancesOf: parts.instancesOf,
    }),
    freeBytes(id) {
      const profile = telemetry.sample();
      if (id === cpuId) return usableRam(profile);
      const gpu = profile.gpus.find((candidate) => deviceId(candidate) === id);
      return gpu === undefined || obstacle(gpu) !== null ? null : gpu.vram_free;
    },
    heldBytes(id, pid) {
      const gpu = telemetry.sample().gpus.find((candidate) => deviceId(candidate) === id);
      return gpu?.processes?.find((process) => process.pid === pid)?.vram_used ?? null;
    },
    learn(preview, { decode, prefill }) {
      const request = askedBy.get(preview);
      if (request === undefined) return;
      const theory = theoreticalSpeed(request, preview);
      parts.speeds.learn(preview.id, {
        decode: decode === null || theory.decode === null ? null : decode / theory.decode,
        prefill: prefill === null || theory.prefill === null ? null : prefill / theory.prefill,
      });
    },
  };
}

/**
 * The previews for the largest context, in tokens per sequence, with which something can be had; else those for the largest
 * that was tried, with their reasons.
 */
export async function withLargestContext(
  { context_size: wished }: Wishes,
  previewsWith: (contextSize: number) => Promise<Preview[]>,
): Promise<Preview[]> {
  let largest: Preview[] | null = null;
  for (const contextSize of wished === undefined ? contextSizes : [wished]) {
    const found = await previewsWith(contextSize);
    if (found.some(({ error }) => error === null)) return found;
    largest ??= found;
  }
  return largest ?? [];
}

const cpuId = 'cpu';

function deviceId({ uuid, index }: Gpu): string {
  return uuid ?? `gpu-${index}`;
}

function obstacle({ status, vram_free, mig_enabled }: Gpu): string | null {
  if (status === 'lost') return 'it fell off the bus; restart the machine';
  if (status === 'asleep')
    return 'it is asleep, so its free VRAM is not known; start a program on it to wake it';
  // What it reports is the whole card's; a process gets one slice of it, or none.
  if (mig_enabled) return 'it is divided (MIG), which VRAMesh cannot use yet';
  return vram_free === null ? 'it does not tell how much VRAM is free' : null;
}

/** Bytes per second: the memory clock, both edges, times the width of the bus. */
function vramBandwidth({ clock_memory_max_mhz: clock, memory_bus_width_bits: width }: Gpu): number | null {
  return clock === null || width === null ? null : (clock * 1e6 * 2 * width) / 8;
}

function usableRam({ memory }: NodeProfile): number {
  return Math.max(0, memory.ram_available - ramReserveBytes);
}
