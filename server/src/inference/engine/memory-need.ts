/**
 * From dry runs of llama.cpp to the need of each layer. A dry run only tells sums for "the last k layers on one GPU";
 * what is linear in the layers is the KV cache, what is not is the compute buffer. Pure.
 */
import type { ModelNeed } from '#protocol';

/** bytes */
export interface DryRun {
  readonly gpuVram: number;
  readonly cpuRam: number;
}

export interface DryRuns {
  /** the weights, with every layer on the GPU */
  readonly model: DryRun;
  /** a context with the last so many layers on the GPU, as the engine makes it there */
  readonly context: ReadonlyMap<number, DryRun>;
  /** with only the output layer there, as the engine makes it on the CPU */
  readonly cpuContext: DryRun;
}

export interface NeedParts {
  /** bytes, in order */
  readonly blockWeights: readonly number[];
  /** of the tensors outside the blocks, where there is no GPU to ask, bytes */
  readonly inputTensorBytes: number;
  readonly outputTensorBytes: number;
  /** how the KV cache is spread over the blocks; about bytes, but only the proportions count where there is a dry run */
  readonly kvShape: readonly number[];
  /** probabilities of the next token, for each sequence, bytes */
  readonly outputBuffer: number;
}

type Sizes = Pick<
  ModelNeed,
  'block_weights' | 'block_kv' | 'output_weights' | 'input_weights' | 'compute' | 'simulated'
>;

/**
 * llama.cpp works on this many batches at a time when a model lies on several GPUs, and keeps as many copies of all
 * that goes from one device to the next.
 */
const PIPELINE_COPIES = 4;
const MIB = 2 ** 20;
/** Where no GPU was asked: its buffers hold what the CPU's do, in batches of twice the size. */
const UNKNOWN_GPU = { factor: 2, more: 64 * MIB };

/** The dry runs that are needed for a model of so many layers, as numbers of layers on the GPU. */
export function dryRunsFor(layers: number): number[] {
  return [...new Set([1, Math.ceil(layers / 2), layers - 1, layers])];
}

/** @throws Error when a dry run is missing: a programming error. */
export function needFromDryRuns(parts: NeedParts, { model, context, cpuContext }: DryRuns): Sizes {
  const layers = parts.blockWeights.length + 1;
  const run = (onGpu: number): DryRun => {
    const found = context.get(onGpu);
    if (found === undefined) throw new Error(`There was no dry run with ${onGpu} layers.`);
    return found;
  };
  // one layer, the output, brings no KV cache to the GPU: what more layers add is that of their blocks
  const added = dryRunsFor(layers)
    .filter((onGpu) => onGpu < layers)
    .map((onGpu) => ({
      bytes: run(onGpu).gpuVram - run(1).gpuVram,
      blocks: parts.kvShape.slice(layers - onGpu),
    }));
  const blockKv = scaleKv(parts.kvShape, added);
  const kv = sum(blockKv);
  const kvOnGpu = (onGpu: number) => sum(blockKv.slice(layers - onGpu));

  const whole = run(layers);
  const partial = dryRunsFor(layers).filter((onGpu) => onGpu < layers);
  const besidePartial = partial.map((onGpu) => run(onGpu).cpuRam - (kv - kvOnGpu(onGpu)));
  const gpuWhole = whole.gpuVram - kv;
  const copies = PIPELINE_COPIES * whole.cpuRam;
  return {
    block_weights: [...parts.blockWeights],
    block_kv: blockKv,
    output_weights: Math.max(0, Math.ceil(model.gpuVram - sum(parts.blockWeights))),
    input_weights: Math.ceil(model.cpuRam),
    compute: {
      gpu_whole: roomy(gpuWhole),
      gpu_partial: roomy(Math.max(...partial.map((onGpu) => run(onGpu).gpuVram - kvOnGpu(onGpu)))),
      gpu_several: roomy(gpuWhole + copies),
      // on the CPU it is one buffer, in the dry run two: one of them on the GPU
      cpu: roomy(cpuContext.gpuVram + cpuContext.cpuRam - kv + parts.outputBuffer),
      beside_gpu: roomy(Math.max(copies, ...besidePartial) + parts.outputBuffer),
    },
    simulated: true,
  };
}

/** Without a GPU: the CPU's need from its own dry run, and a guess on the safe side for GPUs that only others have. */
export function needWithoutGpu(parts: NeedParts, cpuContext: DryRun): Sizes {
  const blockKv = parts.kvShape.map(Math.ceil);
  const cpu = Math.max(0, cpuContext.cpuRam - sum(blockKv)) + parts.outputBuffer;
  const gpu = roomy(cpu * UNKNOWN_GPU.factor + UNKNOWN_GPU.more);
  return {
    block_weights: [...parts.blockWeights],
    block_kv: blockKv,
    output_weights: parts.outputTensorBytes,
    input_weights: parts.inputTensorBytes,
    compute: {
      gpu_whole: gpu,
      gpu_partial: gpu,
      gpu_several: PIPELINE_COPIES * gpu,
      cpu: roomy(cpu),
      beside_gpu: gpu,
    },
    simulated: false,
  };
}

/** The shape, as large as it must be: a compute buffer that shrinks meanwhile makes a KV cache look smaller than it is. */
function scaleKv(
  shape: readonly number[],
  added: readonly { bytes: number; blocks: readonly number[] }[],
): number[] {
  // the same for each where nothing is known about them
  const known = sum(shape) > 0 ? shape : shape.map(() => 1);
  const scales = added.flatMap(({ bytes, blocks }) => {
    const size = sum(known.slice(known.length - blocks.length));
    return size > 0 && bytes > 0 ? [bytes / size] : [];
  });
  const scale = scales.length > 0 ? Math.max(...scales) : 1;
  return known.map((bytes) => Math.ceil(bytes * scale));
}

/** Whole MiB with a little room: drivers align, and llama.cpp's log rounds. */
function roomy(bytes: number): number {
  return Math.ceil(Math.max(0, bytes) / MIB + 0.25) * MIB;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
