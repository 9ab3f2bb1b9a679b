/**
 * What a host costs that belongs to a cluster of 200, all idle: a real host, and 199 members that live in this process
 * and do what idle ones do. They beat, and tell new readings every two seconds.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Member, type Roster, stateSchema } from '#protocol';
import { openIdentity } from '../server/src/cluster';
import { Control } from '../server/src/cluster/mesh/control';
import { createWire } from '../server/src/cluster/wire';
import { cleanUp, freshFolder, silent } from '../test/integration/cluster/support';
import { freshHome, startHost } from '../test/support/host';
import { nvmlEnvironment, scenarioPath } from '../test/support/nvml';
import { until } from '../test/support/until';
import { sampleDocument } from '../test/unit/api/sample-state';
import { cpuMilliseconds, residentMegabytes } from './process-cost';
import { below, info, missing, type Row, rounded } from './row';

const members = 200;
const settleMs = 10_000;
const watchMs = 20_000;
const readingsMs = 2000;
const measure = `idle mesh of ${members} hosts, CPU of one`;

export async function idleMesh(): Promise<Row[]> {
  if (process.platform !== 'linux') return [missing(measure, '< 4 % of a core', 'needs /proc')];
  const home = freshHome();
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const hub = openIdentity(path.join(home, 'identity.pem'));
  const folder = freshFolder();
  const others = Array.from({ length: members - 1 }, (_, index) =>
    openIdentity(path.join(folder, `${index}.pem`)),
  );
  const roster: Roster = {
    members: [hub, ...others].map(({ nodeId }, index) => member(nodeId, index)),
    discovery: [],
  };
  writeFileSync(path.join(home, 'roster.json'), JSON.stringify({ roster, addresses: {} }));

  const env = { ...nvmlEnvironment(scenarioPath('rtx3050')), VRAMESH_BACKEND: 'cpu' };
  const host = await startHost({ home, env, args: ['--peer-port', '0', '--no-discovery'] });
  const address = `127.0.0.1:${host.ready.peer?.split(':').at(-1)}`;
  const own = stateSchema.parse(await host.http('/state')).topology.nodes[0]?.node_profile;
  if (own === undefined) throw new Error('The host has no profile.');
  const document = () => sampleDocument({ profile: { ...own, sampled_at: Date.now() } });
  const timers: NodeJS.Timeout[] = [];
  const controls: Control[] = [];
  for (const [index, identity] of others.entries()) {
    const wire = createWire({
      identity,
      name: `node-${index}`,
      version: '0.1.0',
      log: silent,
      trusted: () => true,
      joinsOpen: () => false,
    });
    const signal = new AbortController().signal;
    const channel = await wire.open({ peerId: hub.nodeId, addresses: [address], kind: 'control', signal });
    const nothing = () => {};
    const control = new Control(channel, true, new Map(), {
      onDocument: nothing,
      onRoster: nothing,
      onGoodbye: nothing,
      onLink: nothing,
      onClose: nothing,
    });
    controls.push(control);
    control.sendDocument(document());
    timers.push(setInterval(() => control.sendDocument(document()), readingsMs));
  }
  try {
    const online = async () => stateSchema.parse(await host.http('/state')).topology.nodes.length === members;
    await until('all are online', online);
    await delay(settleMs);
    const before = cpuMilliseconds(host.pid);
    await delay(watchMs);
    const load = ((cpuMilliseconds(host.pid) - before) / watchMs) * 100;
    return [
      below(measure, load, 4, '% of a core'),
      info('its resident memory', `${rounded(residentMegabytes(host.pid))} MB`),
    ];
  } finally {
    for (const timer of timers) clearInterval(timer);
    for (const control of controls) control.close('the bench is over');
    await host.stop();
    await cleanUp();
  }
}

function member(node_id: string, index: number): Member {
  const tag = index.toString(16).padStart(32, '0');
  return { node_id, tag, name: `node-${index}`, added_by: node_id, added_at: 0, removed: null };
}
