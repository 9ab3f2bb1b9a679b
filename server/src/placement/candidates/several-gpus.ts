/**
 * The whole model on several GPUs of one node, with the split that llama.cpp makes by itself: the smallest sets of
 * GPUs that it does not overfill.
 */
import { type Candidate, createCandidate, type Piece, refused } from '../candidate';
import { engineSplit } from '../engine-split';
import { type Home, idOf, nameOf, type Plan, roomOn, type Site } from '../plan';
import { sizeInWords } from '../reasons';

/** Sets of one size that are shown, those with most free memory first. */
const MOST_SHOWN = 3;
/** Sets that are looked at: all those of 8 GPUs. */
const MOST_TRIED = 255;

export function onSeveralGpus(plan: Plan, home: Home): Candidate[] {
  const { gpu_several } = plan.request.need.compute;
  const gpus = home.usableGpus
    .map((site) => ({ site, room: roomOn(plan, site, gpu_several) }))
    .filter(({ room }) => room >= plan.layers.smallest)
    .sort((a, b) => b.room - a.room);
  if (gpus.length < 2) return [];

  const found = smallestSets(plan, home, gpus);
  if (found.length > 0) return found;
  const sites = gpus.map(({ site }) => site);
  const missing = plan.layers.total - roomOf(gpus);
  if (missing <= 0) return [overfull(plan, home, sites)];
  const names = sites.map((site) => nameOf(plan, site)).join(', ');
  return [
    refused(
      draftOf(home, sites),
      `${names}: together ${sizeInWords(missing)} short for layers of ${sizeInWords(plan.layers.total)} and the buffers of each`,
    ),
  ];
}

interface Gpu {
  readonly site: Site;
  /** bytes for layers */
  readonly room: number;
}

function smallestSets(plan: Plan, home: Home, gpus: readonly Gpu[]): Candidate[] {
  let tried = 0;
  for (let size = 2; size <= gpus.length; size++) {
    if (roomOf(gpus.slice(0, size)) < plan.layers.total) continue;
    const found: Candidate[] = [];
    for (const set of combinations(gpus, size)) {
      if (found.length === MOST_SHOWN || ++tried > MOST_TRIED) break;
      if (roomOf(set) < plan.layers.total) continue;
      const candidate = onSet(
        plan,
        home,
        set.map(({ site }) => site),
      );
      if (candidate?.shortage === null) found.push(candidate);
    }
    if (found.length > 0) return found;
  }
  return [];
}

function roomOf(gpus: readonly Gpu[]): number {
  return gpus.reduce((sum, { room }) => sum + room, 0);
}

/** All GPUs, and by how much llama.cpp would overfill which. */
function overfull(plan: Plan, home: Home, sites: readonly Site[]): Candidate {
  const why = 'llama.cpp splits layers over GPUs by their free memory alone';
  const all = onSet(plan, home, sites);
  if (all === null) return refused(draftOf(home, sites), `${why}, which leaves one of them without a layer`);
  const onGpu = all.shares.some((share) => share.layers > 0 && share.total_bytes > share.free_bytes);
  return onGpu ? { ...all, shortage: `${why}: ${all.shortage}` } : all;
}

/** null: llama.cpp would leave one of them without a layer. */
function onSet(plan: Plan, home: Home, set: readonly Site[]): Candidate | null {
  const { layers, request } = plan;
  const sites = inEngineOrder(set);
  const pieces = piecesOfEngine(sites, layers.count, 0, request.need.compute.gpu_several);
  if (pieces.some(({ count }) => count === 0)) return null;
  return createCandidate(plan, { ...draftOf(home, sites), pieces });
}

/** As `CUDA_VISIBLE_DEVICES` lists them: by their position in the node. */
export function inEngineOrder(sites: readonly Site[]): Site[] {
  return sites.toSorted((a, b) => (a.device.index ?? 0) - (b.device.index ?? 0));
}

/** The last `layers` layers, from `first` on, as llama.cpp deals them out. */
export function piecesOfEngine(
  sites: readonly Site[],
  layers: number,
  first: number,
  compute: number,
): Piece[] {
  // llama.cpp asks the driver, which knows of no promises, when its process already holds a context on the GPU.
  const seen = sites.map(({ device }) => Math.max(device.driverFreeBytes - device.overheadBytes, 0));
  let next = first;
  return engineSplit(seen, layers).flatMap((count, position) => {
    const site = sites[position];
    if (site === undefined) return [];
    next += count;
    return [{ site, first: next - count, count, compute }];
  });
}

function draftOf(home: Home, sites: readonly Site[]): { id: string; kind: 'gpus' } {
  const ids = inEngineOrder(sites).map(({ device }) => device.id);
  return { id: idOf(home, `gpus:${ids.join('+')}`), kind: 'gpus' };
}

/** Sets of `size` items, those of the first items first. */
function* combinations<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  if (size === 0) yield [];
  for (const [position, item] of items.entries()) {
    if (items.length - position < size || size === 0) return;
    for (const others of combinations(items.slice(position + 1), size - 1)) yield [item, ...others];
  }
}
