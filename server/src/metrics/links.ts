/** The links of this machine to the other members of its cluster. */
import type { Registry } from 'prom-client';
import type { State } from '#protocol';
import { addGauge } from './series';

const labelNames = ['node', 'name'] as const;
const msPerSecond = 1000;

export function addLinks(registry: Registry, state: () => State): void {
  const nameOf = (id: string) => state().topology.nodes.find(({ node_id }) => node_id === id)?.name ?? '';
  const links = () =>
    state().topology.connections.map((link) => ({
      ...link,
      labels: { node: link.to, name: nameOf(link.to) },
    }));

  addGauge(registry, {
    name: 'vramesh_link_round_trip_seconds',
    help: 'Round trip to another machine, as it was measured last.',
    labelNames,
    read: () =>
      links().map(({ labels, round_trip_ms: ms }) => ({
        labels,
        value: ms === null ? null : ms / msPerSecond,
      })),
  });
  addGauge(registry, {
    name: 'vramesh_link_bytes_per_second',
    help: 'Throughput to another machine, as it was measured last.',
    labelNames,
    read: () => links().map(({ labels, bytes_per_second: value }) => ({ labels, value })),
  });
  addGauge(registry, {
    name: 'vramesh_link_up',
    help: '1: the other machine is online; 0: it is silent or gone.',
    labelNames,
    read: () =>
      state()
        .topology.nodes.filter(({ status }) => status !== 'this')
        .map(({ node_id, name, status }) => ({
          labels: { node: node_id, name },
          value: Number(status === 'online'),
        })),
  });
}
