/** What makes a request impossible before any device is looked at. */

import { count } from './reasons';
import type { ClusterNode, PlacementRequest } from './request';

export interface Scope {
  readonly coordinator: ClusterNode;
  /** nodes that may hold layers */
  readonly allowed: readonly ClusterNode[];
}

export function scopeOf({ facts, wishes, nodes }: PlacementRequest): Scope | { readonly problem: string } {
  const byId = new Map(nodes.toReversed().map((node) => [node.id, node]));
  const [coordinator] = nodes;
  if (coordinator === undefined) return { problem: 'there is no node to place it on' };
  if (wishes.sharding === 'Tensor')
    return {
      problem:
        'tensor sharding is not available: llama.cpp splits a model over nodes by whole layers (Pipeline)',
    };
  if (wishes.role === 'completion' && facts.fim === null)
    return {
      problem: 'the model has no fill-in-the-middle tokens: it can be placed for chat, not for completion',
    };
  const wished = wishes.nodes ?? [...byId.keys()];
  const unknown = wished.filter((id) => !byId.has(id));
  if (unknown.length > 0) return { problem: `no node with the id ${unknown.join(', ')} is known` };
  const allowed = [...byId.values()].reverse().filter(({ id }) => wished.includes(id));
  if (allowed.length === 0) return { problem: 'no node may be used: the list of nodes is empty' };
  if (wishes.min_nodes > allowed.length)
    return {
      problem: `${count(wishes.min_nodes, 'node')} are asked for, but there ${allowed.length === 1 ? 'is' : 'are'} only ${allowed.length}${wishes.nodes ? ' in the list' : ''}`,
    };
  return { coordinator, allowed };
}
