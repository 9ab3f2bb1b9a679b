/** From the state document to what is shown of each machine. Pure. */
import type { Gpu, LeasedMemory, Connection as Link, Node, Preview, State } from '#protocol';
import type { History } from './history';
import { deviceIdOf, type Holding, holdingsOn } from './holdings';
import type { Occupancy } from './memory';
import { cpuId } from './real-shares';

export interface MachineView {
  readonly node: Node;
  /** `null`: this machine, or one that is not connected. */
  readonly link: Link | null;
  readonly gpus: readonly PlacedGpu[];
  readonly processor: Occupancy;
  readonly isOpen: boolean;
}

export interface PlacedGpu {
  readonly gpu: Gpu;
  readonly machine: string;
  readonly occupancy: Occupancy;
  /** Utilisation of the last five minutes. */
  readonly history: readonly (number | null)[];
  /** Model names by the process id of their engine, on its machine. */
  readonly models: ReadonlyMap<number, string>;
}

/** With more machines than this only this one is open at first. */
const mostOpen = 4;

export interface MachineParts {
  readonly state: State;
  readonly marks: ReadonlyMap<string, string>;
  readonly history: Pick<History, 'of'>;
  /** The preview that is looked at. */
  readonly preview: Preview | null;
  /** What the user opened and closed. */
  readonly opened: ReadonlyMap<string, boolean>;
}

/** This machine first, then those that are there, then those that have gone. */
export function machineViews({ state, marks, history, preview, opened }: MachineParts): MachineView[] {
  const { nodes, connections } = state.topology;
  const links = new Map(connections.map((link) => [link.to, link]));
  const order = { this: 0, online: 1, suspect: 1, gone: 2 } as const;
  return nodes
    .toSorted((a, b) => order[a.status] - order[b.status])
    .map((node) => {
      const { node_id } = node;
      const holdings = holdingsOn(node, state.instances, marks);
      const occupancy = (deviceId: string): Occupancy => ({
        holdings: holdings.get(deviceId) ?? noHoldings,
        leased: leasedOn(node.leased, deviceId),
        planned: plannedOn(preview, node_id, deviceId),
      });
      const models = enginesOn(node, state);
      return {
        node,
        link: links.get(node_id) ?? null,
        gpus: node.node_profile.gpus.map((gpu) => ({
          gpu,
          machine: node.name,
          models,
          occupancy: occupancy(deviceIdOf(gpu)),
          history: history.of(node_id, gpu.index),
        })),
        processor: occupancy(cpuId),
        isOpen: opened.get(node_id) ?? (nodes.length <= mostOpen || node.status === 'this'),
      };
    });
}

const noHoldings: readonly Holding[] = [];

function leasedOn(leased: readonly LeasedMemory[], deviceId: string): number {
  return leased.find(({ device_id }) => device_id === deviceId)?.bytes ?? 0;
}

function plannedOn(preview: Preview | null, nodeId: string, deviceId: string): number {
  const share = preview?.shares.find(
    ({ node_id, device_id }) => node_id === nodeId && device_id === deviceId,
  );
  return share?.total_bytes ?? 0;
}

/** Model names by the process id of their engine: ids of one machine mean nothing on another. */
function enginesOn({ node_id }: Node, { instances }: State): ReadonlyMap<number, string> {
  return new Map(
    instances.flatMap((instance) =>
      instance.node_id === node_id && instance.engine_pid !== null
        ? [[instance.engine_pid, instance.model.name] as const]
        : [],
    ),
  );
}
