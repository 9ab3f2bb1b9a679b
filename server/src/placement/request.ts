/** What placement is asked, in the words of the cluster. The host fills it in from what the other parts know. */
import type { ModelFacts, ModelNeed, Wishes } from '#protocol';

/** A GPU with its VRAM, or a CPU with the machine's RAM. */
export interface Device {
  /** uuid of a GPU ("gpu-<index>" where it has none), or "cpu" */
  readonly id: string;
  readonly name: string;
  readonly kind: 'gpu' | 'cpu';
  /** position in its node; null: the CPU */
  readonly index: number | null;
  /** bytes of the whole device */
  readonly capacityBytes: number;
  /** bytes that are free now, minus what is promised to others (so it may be below 0) */
  readonly freeBytes: number;
  /** bytes that its driver will call free to an engine that starts: also those that are kept for models that are away */
  readonly driverFreeBytes: number;
  /** bytes that a process costs beside llama.cpp's buffers, e.g. its CUDA context */
  readonly overheadBytes: number;
  /** bytes/s of its memory; null: unknown */
  readonly bandwidth: number | null;
  /** why it cannot be used at all, in words; null: it can */
  readonly obstacle: string | null;
}

export interface ClusterNode {
  readonly id: string;
  readonly name: string;
  /** GPUs, then exactly one CPU */
  readonly devices: readonly Device[];
  /** ms from the coordinator and back; 0 for the coordinator, null: unknown */
  readonly roundTripMs: number | null;
  /** that the link from the coordinator carries; null: unknown, or it is the coordinator */
  readonly bytesPerSecond: number | null;
  /** why it cannot hold layers of a model that another node coordinates, in words; null: it can */
  readonly shardObstacle: string | null;
}

/** What a run came to: its tokens/s divided by those of `theoreticalSpeed`. null: not measured. */
export interface SpeedFactors {
  readonly decode: number | null;
  readonly prefill: number | null;
}

/** By the id of the preview that was run. */
export type MeasuredSpeeds = ReadonlyMap<string, SpeedFactors>;

export interface PlacementRequest {
  readonly modelId: string;
  readonly facts: ModelFacts;
  /** worked out for the context, sequences and KV cache type that are wished for */
  readonly need: ModelNeed;
  readonly wishes: Wishes;
  /** the first one is the coordinator: the node that runs the engine and holds the embeddings */
  readonly nodes: readonly ClusterNode[];
  /** why the coordinator cannot have layers on other nodes, in words; null: it can */
  readonly splitObstacle: string | null;
  readonly measured: MeasuredSpeeds;
}
