/** All candidates of a request, as previews in the order of sense. */
import type { Preview } from '#protocol';
import type { Candidate } from './candidate';
import { onCpu } from './candidates/cpu';
import { onGpuAndCpu } from './candidates/gpu-and-cpu';
import { onOneGpu } from './candidates/one-gpu';
import { onSeveralGpus } from './candidates/several-gpus';
import { type Family, onSeveralNodes } from './candidates/several-nodes';
import { layersOf } from './layers';
import { createPlan, type Home, type Plan } from './plan';
import { count } from './reasons';
import { scopeOf } from './refusal';
import type { PlacementRequest } from './request';
import { predictedSpeed } from './speed';

/**
 * Everything that can be had, best first, then everything that cannot, with the reason. Whole on one GPU comes before
 * several, GPUs before the CPU, one node before many; within that the faster first. Never empty, never throws for
 * what a file, a driver or a peer has said.
 */
export function previews(request: PlacementRequest): Preview[] {
  const layers = layersOf(request.need);
  if ('problem' in layers) return [none(request, layers.problem)];
  const scope = scopeOf(request);
  if ('problem' in scope) return [none(request, scope.problem)];
  const plan = createPlan(request, layers, scope.coordinator, scope.allowed);
  const found = candidates(plan).map((candidate) => previewOf(plan, candidate));
  return found.length === 0 ? [none(request, nothingToTry(plan))] : bestFirst(found);
}

/** The order of sense. */
export function bestFirst(all: readonly Preview[]): Preview[] {
  const ranked = all.map((preview) => ({
    preview,
    rank: rankOf(preview),
    speed: speedOf(preview),
    free: freeOn(preview),
  }));
  ranked.sort(
    (a, b) =>
      Number(a.preview.error !== null) - Number(b.preview.error !== null) ||
      a.rank - b.rank ||
      // Those that cannot be keep the order of the cluster.
      (a.preview.error === null ? b.speed - a.speed || b.free - a.free : 0),
  );
  return ranked.map(({ preview }) => preview);
}

/** A model is not spread further than it must be: where a smaller candidate holds it, larger ones are left out. */
function candidates(plan: Plan): Candidate[] {
  const { prefer_gpu, min_nodes } = plan.request.wishes;
  if (min_nodes > 1) return overNodes(plan, prefer_gpu ? ['gpus', 'cpus'] : ['cpus'], prefer_gpu);
  const wholeOnGpus: Candidate[] = [];
  const beside: Candidate[] = [];
  const onCpus: Candidate[] = [];
  for (const home of plan.homes) {
    if (prefer_gpu) {
      const whole = onOneGpu(plan, home);
      if (!whole.some(holds)) whole.push(...onSeveralGpus(plan, home));
      if (!whole.some(holds)) beside.push(...onGpuAndCpu(plan, home));
      wholeOnGpus.push(...whole);
    }
    onCpus.push(onCpu(plan, home));
  }
  const families: Family[] = [];
  if (prefer_gpu && !wholeOnGpus.some(holds)) families.push('gpus');
  if (!onCpus.some(holds)) families.push('cpus');
  const elsewhere = [...wholeOnGpus, ...beside, ...onCpus];
  return [...elsewhere, ...overNodes(plan, families, prefer_gpu && !elsewhere.some(holds))];
}

/** `orMixed`: where neither GPUs nor RAM hold it, both together may. */
function overNodes(plan: Plan, families: readonly Family[], orMixed: boolean): Candidate[] {
  const found = families
    .map((family) => onNodesThatLend(plan, family))
    .filter((candidate) => candidate !== null);
  if (!orMixed || found.some(holds)) return found;
  const mixed = onNodesThatLend(plan, 'all');
  return mixed === null ? found : [...found, mixed];
}

/** Where those that lend their devices cannot hold it, the others are taken in, too, and say why they do not. */
function onNodesThatLend(plan: Plan, family: Family): Candidate | null {
  const able = plan.homes.filter(({ isCoordinator, node }) => isCoordinator || node.shardObstacle === null);
  const candidate = onSeveralNodes({ ...plan, homes: able }, family);
  if (able.length === plan.homes.length || (candidate !== null && holds(candidate))) return candidate;
  return onSeveralNodes(plan, family) ?? candidate;
}

/** Why its devices, though they could hold it, do not. */
function splitObstacle({ request }: Plan, others: ReadonlySet<Home>): string | null {
  if (others.size === 0) return null;
  if (request.splitObstacle !== null) return request.splitObstacle;
  const unable = [...others].find(({ node }) => node.shardObstacle !== null);
  return unable === undefined ? null : `${unable.node.name}: ${unable.node.shardObstacle}`;
}

/** Seconds that the weights take to the other nodes, one after the other; null: unknown, or they stay here. */
function transferSeconds(shares: Candidate['shares'], others: ReadonlySet<Home>): number | null {
  if (others.size === 0) return null;
  let seconds = 0;
  for (const { node } of others) {
    if (node.bytesPerSecond === null || !(node.bytesPerSecond > 0)) return null;
    const bytes = shares.reduce(
      (sum, share) => sum + (share.node_id === node.id ? share.weights_bytes : 0),
      0,
    );
    seconds += bytes / node.bytesPerSecond;
  }
  return seconds;
}

function holds({ shortage }: Candidate): boolean {
  return shortage === null;
}

function previewOf(plan: Plan, { id, kind, pieces, shares, shortage }: Candidate): Preview {
  const { request, layers, coordinator } = plan;
  const others = new Set(pieces.map(({ site }) => site.home).filter((home) => !home.isCoordinator));
  const speed = predictedSpeed(request, layers, id, pieces);
  const onGpus = pieces.reduce((sum, { site, count }) => sum + (site.device.kind === 'gpu' ? count : 0), 0);
  return {
    ...frame(request),
    id,
    kind,
    nodes: [coordinator.node.id, ...[...others].map(({ node }) => node.id)],
    shares: [...shares],
    layers: layers.count,
    layers_on_gpu: onGpus,
    decode_tokens_per_second: speed.decode,
    prefill_tokens_per_second: speed.prefill,
    speed_source: speed.source,
    transfer_seconds: transferSeconds(shares, others),
    error: shortage ?? splitObstacle(plan, others),
  };
}

/** A refusal of the whole request. */
function none(request: PlacementRequest, reason: string): Preview {
  return { ...frame(request), error: reason };
}

function frame({ modelId, need, wishes }: PlacementRequest): Preview {
  const positive = (number: number) => (Number.isSafeInteger(number) && number > 0 ? number : 1);
  return {
    id: 'none',
    model_id: modelId,
    kind: 'none',
    sharding: wishes.sharding,
    nodes: [],
    shares: [],
    layers: 0,
    layers_on_gpu: 0,
    context_size: positive(need.context_size),
    sequences: positive(need.sequences),
    kv_cache_type: need.kv_cache_type,
    decode_tokens_per_second: null,
    prefill_tokens_per_second: null,
    speed_source: 'predicted',
    transfer_seconds: null,
    error: null,
  };
}

const ORDER = ['gpu', 'gpus', 'nodes', 'gpu+cpu', 'cpu', 'none'];

/** A split over the network that is not all on GPUs is the last resort. */
function rankOf({ kind, layers, layers_on_gpu, shares }: Preview): number {
  const inRam = kind === 'nodes' && shares.length > 0 && layers_on_gpu < layers;
  return inRam ? ORDER.length : ORDER.indexOf(kind);
}

/** Tokens per second, as exact as it is meant: sums of the same in another order are equal. Unknown comes after known. */
function speedOf({ decode_tokens_per_second }: Preview): number {
  return Number((decode_tokens_per_second ?? 0).toPrecision(6));
}

function freeOn({ shares }: Preview): number {
  return shares.reduce((sum, share) => sum + (share.layers > 0 ? share.free_bytes : 0), 0);
}

function nothingToTry({ request }: Plan): string {
  return `${count(request.wishes.min_nodes, 'node')} are asked for, but fewer have memory for even one layer`;
}
