/**
 * Each node counts its instances for itself; seen from another one, an instance is "qwen-1@workstation". Pure.
 */
import type { Instance } from '#protocol';

interface NamedNode {
  readonly id: string;
  readonly name: string;
}

interface NodeWithInstances extends NamedNode {
  readonly instances: readonly Instance[];
}

/** The instances of other nodes, under the names by which this node knows them. */
export function namedInstances(nodes: readonly NodeWithInstances[]): Instance[] {
  return nodes.flatMap((node) =>
    node.instances.map((instance) => ({ ...instance, id: instanceName(instance.id, node, nodes) })),
  );
}

/** Whose instance such a name means, and how that node calls it; `null`: nobody has it. */
export function findInstance(
  name: string,
  nodes: readonly NodeWithInstances[],
): { readonly node: NamedNode; readonly instanceId: string } | null {
  for (const node of nodes)
    for (const { id } of node.instances)
      if (name === instanceName(id, node, nodes)) return { node, instanceId: id };
  return null;
}

export function instanceName(instanceId: string, node: NamedNode, all: readonly NamedNode[]): string {
  return `${instanceId}@${nameOf(node, all)}`;
}

/** Its id, cut short, where several nodes have one name. */
function nameOf(node: NamedNode, all: readonly NamedNode[]): string {
  const isOnly = all.every(({ id, name }) => id === node.id || name !== node.name);
  return isOnly ? node.name : node.id.slice(0, 8);
}
