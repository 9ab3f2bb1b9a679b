/** Clusters of several nodes in this process, over real sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { type Cluster, type Identity, openCluster, openIdentity } from '../../../server/src/cluster';

export const silent = pino({ level: 'silent' });

export interface TestNode {
  readonly name: string;
  readonly folder: string;
  readonly identity: Identity;
  readonly cluster: Cluster;
}

const folders: string[] = [];
const clusters = new Set<Cluster>();

export function freshFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-cluster-'));
  folders.push(folder);
  return folder;
}

export interface StartOptions {
  readonly discovery?: boolean;
  /** 0: any; otherwise the one of its last life */
  readonly port?: number;
}

/** @param before the same node in its last life: its folder and its port */
export async function startNode(
  name: string,
  before?: TestNode,
  { discovery = false, port }: StartOptions = {},
): Promise<TestNode> {
  const folder = before?.folder ?? freshFolder();
  const identity = openIdentity(path.join(folder, 'identity.pem'));
  const cluster = await openCluster({
    identity,
    name,
    version: '0.1.0',
    rosterFile: path.join(folder, 'roster.json'),
    port: port ?? Number(before?.cluster.address?.split(':').at(-1) ?? 0),
    staticPeers: [],
    tunnelPath: path.resolve('dist/tunnel.js'),
    discovery,
    log: silent,
  });
  clusters.add(cluster);
  return { name, folder, identity, cluster };
}

export async function stopNode({ cluster }: TestNode): Promise<void> {
  clusters.delete(cluster);
  await cluster.close();
}

export async function join(inviter: TestNode, joiner: TestNode): Promise<void> {
  const { line } = await inviter.cluster.invite();
  await joiner.cluster.join(line, new AbortController().signal);
}

export async function cleanUp(): Promise<void> {
  await Promise.all([...clusters].map((cluster) => cluster.close()));
  clusters.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Names and states of the others, as a node sees them. */
export function seen({ cluster }: TestNode): string[] {
  return cluster.peers().map(({ name, status }) => `${name} ${status}`);
}
