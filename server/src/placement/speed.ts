/**
 * How fast a placement will be. A token passes the devices one after the other, and on each the memory bandwidth sets
 * the pace; a long prompt is a matter of arithmetic instead. The first run corrects both by what was measured.
 */
import type { Preview } from '#protocol';
import type { Piece } from './candidate';
import type { Layers } from './layers';
import { layersOf } from './layers';
import type { ClusterNode, Device, PlacementRequest } from './request';

/** Tokens per second; null: a device on the way has an unknown bandwidth, or a node an unknown round trip. */
export interface Speed {
  readonly decode: number | null;
  readonly prefill: number | null;
}

/**
 * Share of the memory bandwidth that llama.cpp's decode gets out of a device. Public benchmarks of 7B models in 4 bit
 * lie between 0.55 (older cards) and 0.75 (newer ones); a CPU's bandwidth is measured, not read off a data sheet.
 */
const EFFICIENCY = { gpu: 0.65, cpu: 0.7 };

/**
 * Arithmetic per byte of memory bandwidth that llama.cpp's prefill reaches: published runs of 7B models come to about
 * 75 (RTX 3090), 90 (RTX 3060) and 180 (RTX 4090) operations, desktop CPUs with AVX2 to about 10. GPUs without tensor
 * cores reach less than a third of this.
 */
const OPERATIONS_PER_BYTE = { gpu: 100, cpu: 10 };

/**
 * Seconds that a step costs whatever the model's size: sampling and the way through node-llama-cpp (0.3–0.5 ms a token,
 * measured on a CPU), and for each layer the launch of some ten GPU kernels at about 2 µs, or the threads' meeting on
 * a CPU. And what each token of a prompt costs before it is computed. All three are assumptions until a run corrects
 * them; they only matter for small models.
 */
const FIXED_SECONDS = { step: 400e-6, layer: 20e-6, promptToken: 3e-6 };

/** Nothing but bandwidth, arithmetic and the network. */
const IDEAL = { gpu: 1, cpu: 1, fixed: { step: 0, layer: 0, promptToken: 0 } };

/** Tokens of a prompt that are evaluated together: they share one read of the weights. */
const BATCH = 512;

interface Run {
  readonly first: number;
  readonly count: number;
  readonly device: Device;
  readonly node: ClusterNode;
  readonly isRemote: boolean;
}

export function predictedSpeed(
  request: PlacementRequest,
  layers: Layers,
  id: string,
  pieces: readonly Piece[],
): Speed & { readonly source: Preview['speed_source'] } {
  const runs = pieces.map(({ site: { device, home }, first, count }) => {
    return { first, count, device, node: home.node, isRemote: !home.isCoordinator };
  });
  const measured = request.measured.get(id);
  const decodeFactor = factorIn(measured?.decode);
  const prefillFactor = factorIn(measured?.prefill);
  const usual = speedOf(request, layers, runs, { ...EFFICIENCY, fixed: FIXED_SECONDS });
  if (decodeFactor === null && prefillFactor === null) return { ...usual, source: 'predicted' };
  const limit = speedOf(request, layers, runs, IDEAL);
  return {
    decode: decodeFactor === null ? usual.decode : times(limit.decode, decodeFactor),
    prefill: prefillFactor === null ? usual.prefill : times(limit.prefill, prefillFactor),
    source: 'measured',
  };
}

/**
 * What the devices of a preview would do if nothing but their bandwidth, their arithmetic and the network held them
 * up. What a run came to, divided by this, is the factor to hand in as `measured` under the preview's id next time.
 */
export function theoreticalSpeed(request: PlacementRequest, preview: Preview): Speed {
  const layers = layersOf(request.need);
  if ('problem' in layers) return { decode: null, prefill: null };
  const runs: Run[] = [];
  for (const share of preview.shares) {
    const node = request.nodes.find(({ id }) => id === share.node_id);
    const device = node?.devices.find(({ id }) => id === share.device_id);
    if (node === undefined || device === undefined) return { decode: null, prefill: null };
    const isRemote = node !== request.nodes[0];
    runs.push({ first: share.first_layer, count: share.layers, device, node, isRemote });
  }
  return speedOf(request, layers, runs, IDEAL);
}

function speedOf(
  { facts, need }: PlacementRequest,
  layers: Layers,
  runs: readonly Run[],
  { fixed, ...efficiency }: typeof IDEAL,
): Speed {
  const active = facts.active_share > 0 && facts.active_share <= 1 ? facts.active_share : 1;
  const operationsPerByte = (2 * facts.parameters) / layers.weights(0, layers.count);
  let decode = fixed.step;
  let prefill = fixed.step / BATCH + fixed.promptToken;
  let previous: ClusterNode | null = null;
  for (const { first, count, device, node, isRemote } of runs) {
    if (count === 0) continue;
    if (device.bandwidth === null || !isCredible(device.bandwidth, 1e15))
      return { decode: null, prefill: null };
    const weights = layers.weights(first, count);
    const output = first + count === layers.count ? need.output_weights : 0;
    const read = (weights - output) * active + output;
    const halfContext = layers.kvCache(first, count) / need.sequences / 2;
    const bandwidth = device.bandwidth * efficiency[device.kind];
    const arithmetic = (read * operationsPerByte) / (device.bandwidth * OPERATIONS_PER_BYTE[device.kind]);
    // A layer that is computed where the previous one was needs no trip.
    const trip = isRemote && node !== previous ? (node.roundTripMs ?? Number.NaN) / 1000 : 0;
    decode += (read + halfContext) / bandwidth + count * fixed.layer + trip;
    // Every expert of a mixture is wanted by some token of a batch.
    prefill += Math.max(weights / bandwidth / BATCH, arithmetic) + (count * fixed.layer + trip) / BATCH;
    previous = node;
  }
  return { decode: perSecond(decode), prefill: perSecond(prefill) };
}

function perSecond(seconds: number): number | null {
  return seconds > 0 && Number.isFinite(1 / seconds) ? 1 / seconds : null;
}

function factorIn(factor: number | null | undefined): number | null {
  return typeof factor === 'number' && isCredible(factor, 100) ? factor : null;
}

/** Above nothing, and below what no device can do. */
function isCredible(figure: number, most: number): boolean {
  return figure > 0 && figure < most;
}

function times(speed: number | null, factor: number): number | null {
  return speed === null ? null : speed * factor;
}
