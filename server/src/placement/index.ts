/**
 * Placement: which layers of a model go to which devices of which nodes. From devices, what a model needs and what is
 * wished for to previews: placements not yet made, with every byte per device and a predicted speed, or the reason
 * why they cannot be. A set of devices on which some split fits is never refused, and none is ever overfilled.
 *
 * Pure: the same request gives the same previews. No clock, no sockets, no native code, and it changes nothing:
 * asking for memory and starting engines is for others.
 */
export { bestFirst, previews } from './previews';
export type {
  ClusterNode,
  Device,
  MeasuredSpeeds,
  PlacementRequest,
  SpeedFactors,
} from './request';
export { type Speed, theoreticalSpeed } from './speed';
