/** What memory counts. RAM and VRAM are never added up: a set of nodes is counted in one or in the other. */
import type { ClusterNode, Device } from './request';

/** Why nothing can be put on this device, or null. Its figures come from a driver or a peer and may be anything. */
export function obstacleOf(device: Device): string | null {
  if (device.obstacle !== null) return device.obstacle;
  const { capacityBytes, freeBytes, overheadBytes } = device;
  if (capacityBytes === 0) return 'it reports no memory';
  const credible = [capacityBytes, freeBytes, overheadBytes].every((bytes) => Math.abs(bytes) <= LARGEST);
  if (!credible || capacityBytes < 0 || overheadBytes < 0)
    return 'what it reports of its memory cannot be true';
  return null;
}
/** 1 PiB: more than any device has, and small enough that sums over a cluster stay exact. */
const LARGEST = 2 ** 50;

export function isUsable(device: Device): boolean {
  return obstacleOf(device) === null;
}

/** Bytes that can be given to a model: never below 0, never more than the device has. */
export function freeBytesOf(device: Device): number {
  if (!isUsable(device)) return 0;
  return Math.floor(Math.min(Math.max(device.freeBytes, 0), device.capacityBytes));
}

export function cpuOf(node: ClusterNode): Device | null {
  return node.devices.find(({ kind }) => kind === 'cpu') ?? null;
}

export function usableGpus(node: ClusterNode): Device[] {
  return node.devices.filter((device) => device.kind === 'gpu' && isUsable(device));
}

/** Free VRAM of a node with a usable GPU when GPUs are preferred, else its free RAM. */
export function nodeMemory(node: ClusterNode, preferGpu: boolean): number {
  const gpus = preferGpu ? usableGpus(node) : [];
  if (gpus.length > 0) return gpus.reduce((sum, gpu) => sum + freeBytesOf(gpu), 0);
  const cpu = cpuOf(node);
  return cpu === null ? 0 : freeBytesOf(cpu);
}

/** VRAM counts only if every node of the set has some: else layers would be dealt out by memory that is not used. */
export function setMemory(nodes: readonly ClusterNode[], preferGpu: boolean): number {
  const inVram = preferGpu && nodes.every((node) => usableGpus(node).length > 0);
  return nodes.reduce((sum, node) => sum + nodeMemory(node, inVram), 0);
}
