/** What all candidates of one request share: worked out once, read by each. */
import type { Layers } from './layers';
import { cpuOf, freeBytesOf, obstacleOf } from './memory';
import type { ClusterNode, Device, PlacementRequest } from './request';

/** A device where layers may lie. */
export interface Site {
  readonly device: Device;
  readonly home: Home;
  /** bytes that a model may take */
  readonly free: number;
  /** null: it can be used */
  readonly obstacle: string | null;
}

/** A node, seen from the coordinator. */
export interface Home {
  readonly node: ClusterNode;
  readonly isCoordinator: boolean;
  readonly gpus: readonly Site[];
  readonly usableGpus: readonly Site[];
  /** null: the node reports none, which is against the contract */
  readonly cpu: Site | null;
}

export interface Plan {
  readonly request: PlacementRequest;
  readonly layers: Layers;
  readonly coordinator: Home;
  /** those that may hold layers */
  readonly homes: readonly Home[];
}

export function createPlan(
  request: PlacementRequest,
  layers: Layers,
  coordinator: ClusterNode,
  allowed: readonly ClusterNode[],
): Plan {
  const all = new Set(allowed);
  const first = homeOf(coordinator, true);
  const homes = [...all].map((node) => (node === coordinator ? first : homeOf(node, false)));
  return { request, layers, coordinator: first, homes };
}

function homeOf(node: ClusterNode, isCoordinator: boolean): Home {
  const site = (device: Device): Site => ({
    device,
    get home() {
      return home;
    },
    free: freeBytesOf(device),
    obstacle: obstacleOf(device),
  });
  const gpus = node.devices.filter(({ kind }) => kind === 'gpu').map(site);
  const cpu = cpuOf(node);
  const home: Home = {
    node,
    isCoordinator,
    gpus,
    usableGpus: gpus.filter(({ obstacle }) => obstacle === null),
    cpu: cpu === null ? null : site(cpu),
  };
  return home;
}

/** Bytes for layers on a device: what is free, less what else must lie there. May be below 0. */
export function roomOn({ request: { need } }: Plan, site: Site, compute: number): number {
  const input = isCoordinatorsCpu(site) ? need.input_weights : 0;
  return site.free - Math.ceil(site.device.overheadBytes) - compute - input;
}

export function isCoordinatorsCpu({ home, device }: Site): boolean {
  return home.isCoordinator && device.kind === 'cpu';
}

/**
 * To llama.cpp the CPU of another node is a GPU, so its buffer is for batches as large as the engine makes them there
 * (tokens). And when no layer lies on the coordinator's own CPU, it works on several batches at a time, with copies of all
 * that goes from device to device. Measured on models of 1 to 170 million parameters with 1,024 tokens and more: 1.6 to 1.9
 * times the buffer of a CPU by itself, and 2.7 to 3.3 times with copies.
 */
const BATCH = { remote: 1024, own: 512 };
const COPIES = 2;

/** Compute buffer of a CPU in a split over nodes. */
export function cpuComputeOverNodes(plan: Plan, site: Site, pipelined: boolean): number {
  if (isCoordinatorsCpu(site)) return cpuComputeBesideOthers(plan, site);
  const { compute, context_size: context } = plan.request.need;
  const larger = Math.min(context, BATCH.remote) / Math.min(context, BATCH.own);
  return Math.ceil(compute.cpu * larger * (pipelined ? COPIES : 1));
}

/** Compute buffer of a CPU that shares a model with other devices. */
export function cpuComputeBesideOthers({ request: { need } }: Plan, site: Site): number {
  const { cpu, beside_gpu } = need.compute;
  return isCoordinatorsCpu(site) ? Math.max(cpu, beside_gpu) : cpu;
}

/** "RTX 3060", "RTX 3060 (GPU 1)" where there are two of that name, "RAM"; with its node where there are several. */
export function nameOf({ request }: Plan, { device, home }: Site): string {
  const twins = home.gpus.filter((gpu) => gpu.device.name === device.name).length > 1;
  const own = device.kind === 'cpu' ? 'RAM' : twins ? `${device.name} (GPU ${device.index})` : device.name;
  return request.nodes.length > 1 ? `${own} of ${home.node.name}` : own;
}

/** Ids of what lies on other nodes begin with the node's. */
export function idOf({ node, isCoordinator }: Home, own: string): string {
  return isCoordinator ? own : `${node.id}/${own}`;
}
