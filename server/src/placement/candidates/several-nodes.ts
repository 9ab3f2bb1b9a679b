/**
 * The model over several nodes: the smallest number of nodes, those with most memory first, that can hold it. All on
 * GPUs, all in RAM, or, when nothing else holds it, on whatever there is.
 */
import { allocate } from '../allocate';
import { type Candidate, createCandidate, type Piece, refused } from '../candidate';
import { nodeMemory, setMemory } from '../memory';
import { cpuComputeOverNodes, type Home, isCoordinatorsCpu, type Plan, roomOn, type Site } from '../plan';
import { count, sizeInWords } from '../reasons';

export type Family = 'gpus' | 'cpus' | 'all';

const WORDS = { gpus: 'the GPUs', cpus: 'the RAM', all: 'GPUs and RAM' };
const PREFIX = { gpus: 'nodes', cpus: 'nodes-cpu', all: 'nodes-gpu+cpu' };

interface Place {
  readonly site: Site;
  readonly compute: number;
  /** bytes for layers */
  readonly room: number;
}

interface Member {
  readonly home: Home;
  readonly places: readonly Place[];
  /** bytes for layers */
  readonly room: number;
  /** free bytes, which decide which nodes come first */
  readonly memory: number;
}

/** null: fewer nodes than that have such devices, so there is nothing to preview. */
export function onSeveralNodes(plan: Plan, family: Family): Candidate | null {
  const { layers, request, homes } = plan;
  const minNodes = Math.max(2, request.wishes.min_nodes);
  const members = homes
    .map((home) => memberOf(plan, home, family))
    .filter(({ places }) => places.length > 0)
    .sort((a, b) => b.memory - a.memory)
    .slice(0, layers.count);
  if (members.length < minNodes) return null;
  const nearest = members.toSorted((a, b) => tripOf(a) - tripOf(b));

  const byHome = new Map(members.map((member) => [member.home, member]));
  let room = members.slice(0, minNodes - 1).reduce((sum, member) => sum + member.room, 0);
  for (let size = minNodes; size <= members.length; size++) {
    room += members[size - 1]?.room ?? 0;
    if (room < layers.total) continue;
    // Of equally many nodes those on the fastest links, if they hold it.
    for (const order of [nearest, members]) {
      const set = new Set(order.slice(0, size));
      const inOrder = homes.flatMap((home) => byHome.get(home) ?? []).filter((member) => set.has(member));
      const pieces =
        withOwnCpu(plan, inOrder, split(plan, inOrder, minNodes)) ??
        split(
          plan,
          inOrder.map(({ home }) => memberOf(plan, home, family, true)),
          minNodes,
        );
      if (pieces === null) continue;
      const id = idFor(
        family,
        pieces.map(({ site }) => site.home),
      );
      return createCandidate(plan, { id, kind: 'nodes', pieces });
    }
  }
  return refused(
    {
      id: idFor(
        family,
        members.map(({ home }) => home),
      ),
      kind: 'nodes',
    },
    reasonFor(plan, family, members, room),
  );
}

function memberOf(plan: Plan, home: Home, family: Family, pipelined = false): Member {
  const { need } = plan.request;
  const onGpu =
    family === 'all'
      ? Math.max(need.compute.gpu_partial, need.compute.gpu_several)
      : need.compute.gpu_several;
  const cpus = family === 'gpus' || home.cpu === null || home.cpu.obstacle !== null ? [] : [home.cpu];
  const sites = [...cpus, ...(family === 'cpus' ? [] : home.usableGpus)];
  const places = sites
    .map((site) => {
      const compute = site.device.kind === 'cpu' ? cpuComputeOverNodes(plan, site, pipelined) : onGpu;
      return { site, compute, room: roomOn(plan, site, compute) };
    })
    .filter(({ room }) => room >= plan.layers.smallest);
  return {
    home,
    places,
    room: places.reduce((sum, place) => sum + place.room, 0),
    memory: memoryOf(home, family),
  };
}

/** ms; the coordinator's own devices are the nearest. */
function tripOf({ home }: Member): number {
  return home.isCoordinator ? -1 : (home.node.roundTripMs ?? Number.MAX_VALUE);
}

function memoryOf({ node }: Home, family: Family): number {
  return family === 'all'
    ? nodeMemory(node, true) + nodeMemory(node, false)
    : nodeMemory(node, family === 'gpus');
}

/**
 * The same with at least the first layer on the coordinator's own CPU: else llama.cpp works on several batches at a time,
 * which takes more memory everywhere. null: it has no room for that.
 */
function withOwnCpu(plan: Plan, members: readonly Member[], pieces: Piece[] | null): Piece[] | null {
  const [first, ...others] = pieces ?? [];
  if (first === undefined || isCoordinatorsCpu(first.site)) return pieces;
  const own = members.flatMap(({ places }) => places).find(({ site }) => isCoordinatorsCpu(site));
  if (own === undefined || own.room < plan.layers.bytes(0, 1)) return null;
  const left = { ...first, first: 1, count: first.count - 1 };
  return [
    { site: own.site, first: 0, count: 1, compute: own.compute },
    ...(left.count > 0 ? [left] : []),
    ...others,
  ];
}

function split(plan: Plan, members: readonly Member[], minNodes: number): Piece[] | null {
  const places = members.flatMap((member, node) => member.places.map((place) => ({ ...place, node })));
  const front = places.findIndex(({ site }) => isCoordinatorsCpu(site));
  const tail = [...places.keys()]
    .filter((bin) => places[bin]?.site.home.isCoordinator && bin !== front)
    .sort((a, b) => (places[a]?.site.device.index ?? 0) - (places[b]?.site.device.index ?? 0));
  const slices = allocate(plan.layers, places, { minNodes, front: front < 0 ? null : front, tail });
  return (
    slices?.flatMap(({ bin, first, count }) => {
      const place = places[bin];
      return place === undefined ? [] : [{ site: place.site, first, count, compute: place.compute }];
    }) ?? null
  );
}

function reasonFor(plan: Plan, family: Family, members: readonly Member[], room: number): string {
  const { layers } = plan;
  const nodes = members.map(({ home }) => home.node);
  const whose = `${WORDS[family]} of ${count(nodes.length, 'node')}`;
  if (room >= layers.total)
    return `${whose} would do in sum, but no split into whole layers (up to ${sizeInWords(Math.max(layers.largestBlock, layers.output))} each) fits`;
  const free = family === 'all' ? room : setMemory(nodes, family === 'gpus');
  return `${whose} together are ${sizeInWords(layers.total - room)} short: layers of ${sizeInWords(layers.total)} and the buffers of each device, ${sizeInWords(free)} are free`;
}

/** The same nodes have the same id, whatever their order. */
function idFor(family: Family, homes: readonly Home[]): string {
  const ids = [...new Set(homes.map(({ node }) => node.id))];
  return `${PREFIX[family]}:${ids.sort().join('+')}`;
}
