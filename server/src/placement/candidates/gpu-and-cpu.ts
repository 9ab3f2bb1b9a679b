/**
 * As many layers as fit on the GPUs of a node, the rest in its RAM. llama.cpp keeps the first layers on the CPU and
 * gives the last ones to the GPU.
 */
import { type Candidate, createCandidate, type Piece } from '../candidate';
import { cpuComputeBesideOthers, type Home, idOf, type Plan, roomOn, type Site } from '../plan';
import { inEngineOrder, piecesOfEngine } from './several-gpus';

/** One candidate with the GPU that holds most, and one with as many of the GPUs as can be used together. */
export function onGpuAndCpu(plan: Plan, home: Home): Candidate[] {
  const { cpu } = home;
  const gpus = home.usableGpus.toSorted((a, b) => b.free - a.free);
  const best = gpus[0];
  if (best === undefined || cpu === null || plan.layers.count < 2) return [];
  const onBest = mostOnGpus(plan, [best], 1) ?? onlyTheOutput(plan, best);
  const candidates = [onThese(plan, home, cpu, onBest)];
  const inRam = plan.layers.endWithin(0, roomOn(plan, cpu, cpuComputeBesideOthers(plan, cpu)));
  for (let number = gpus.length; number > 1; number--) {
    const least = Math.max(number, plan.layers.count - inRam);
    const pieces = mostOnGpus(plan, inEngineOrder(gpus.slice(0, number)), least);
    const candidate = pieces && onThese(plan, home, cpu, pieces);
    if (candidate === null || candidate.shortage !== null) continue;
    candidates.push(candidate);
    break;
  }
  return candidates;
}

/** The least that a GPU can take: what is missing for that is why it cannot be. */
function onlyTheOutput(plan: Plan, gpu: Site): Piece[] {
  return [{ site: gpu, first: plan.layers.count - 1, count: 1, compute: computeOn(plan, [gpu]) }];
}

function onThese(plan: Plan, home: Home, cpu: Site, onGpus: readonly Piece[]): Candidate {
  const ids = onGpus.map(({ site }) => site.device.id);
  const inRam = {
    site: cpu,
    first: 0,
    count: onGpus[0]?.first ?? 0,
    compute: cpuComputeBesideOthers(plan, cpu),
  };
  const id = idOf(home, `gpu+cpu:${ids.join('+')}`);
  return createCandidate(plan, { id, kind: 'gpu+cpu', pieces: [inRam, ...onGpus] });
}

function computeOn({ request }: Plan, gpus: readonly Site[]): number {
  const { gpu_partial, gpu_several } = request.need.compute;
  return gpus.length > 1 ? Math.max(gpu_partial, gpu_several) : gpu_partial;
}

/**
 * As many of the last layers as llama.cpp's split puts on these GPUs without overfilling one. null: fewer than
 * `least`, or a GPU would be left without any.
 */
function mostOnGpus(plan: Plan, gpus: readonly Site[], least: number): Piece[] | null {
  const { layers } = plan;
  const compute = computeOn(plan, gpus);
  const rooms = new Map(gpus.map((site) => [site, roomOn(plan, site, compute)]));
  const inSum = [...rooms.values()].reduce((sum, room) => sum + Math.max(room, 0), 0);
  for (let count = layers.count - 1; count >= least; count--) {
    if (layers.bytes(layers.count - count, count) > inSum) continue;
    const pieces = piecesOfEngine(gpus, count, layers.count - count, compute);
    const fits = pieces.every(
      ({ site, first, count }) => layers.bytes(first, count) <= (rooms.get(site) ?? -1),
    );
    if (fits) return pieces.every((piece) => piece.count > 0) ? pieces : null;
  }
  return null;
}
