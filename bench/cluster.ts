/** What a cluster costs: finding each other, noticing an end, asking each other, completing over the network. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  inviteRequest,
  joinRequest,
  type LinkStatus,
  pingRequest,
  placeRequest,
  unplaceRequest,
} from '#protocol';
import { cleanUp, startNode, stopNode, type TestNode } from '../test/integration/cluster/support';
import { freshHome, type HostUnderTest, startHost } from '../test/support/host';
import type { LspClient } from '../test/support/lsp';
import { newDocument } from './documents';
import { below, median, type Row } from './row';

const never = new AbortController().signal;
const embedded = path.resolve('media/models/tiny-ts-fim-q8_0.gguf');
const calls = 500;
const rounds = 5;
const completions = 40;

export async function cluster(): Promise<Row[]> {
  try {
    return [
      below(
        'members find each other after start, unknown addresses, median of 5',
        await discoveryTime(),
        1000,
        'ms',
      ),
      ...(await endings()),
      below('control call on loopback, median of 500', await callTime(), 1, 'ms'),
      await remoteFirstToken(),
    ];
  } finally {
    await cleanUp();
  }
}

async function discoveryTime(): Promise<number> {
  let [a, b] = [await startNode('a'), await startNode('b')];
  await b.cluster.join((await a.cluster.invite()).line, never);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await Promise.all([stopNode(a), stopNode(b)]);
    for (const { folder } of [a, b]) {
      const file = path.join(folder, 'roster.json');
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), addresses: {} }));
    }
    const begin = performance.now();
    const how = { discovery: true, port: 0 };
    [a, b] = await Promise.all([startNode('a', a, how), startNode('b', b, how)]);
    await Promise.all([becomes(a, 'online'), becomes(b, 'online')]);
    times.push(performance.now() - begin);
  }
  return median(times);
}

/** A host that is killed; and one that is frozen, which is what a cut cable looks like. */
async function endings(): Promise<Row[]> {
  const node = await startNode('watcher');
  const host = await startHost({ args: ['--peer-port', '0', '--no-discovery'] });
  await (await host.lsp()).request(joinRequest, { line: (await node.cluster.invite()).line });
  await becomes(node, 'online');
  const timeUntil = async (signal: NodeJS.Signals, status: LinkStatus) => {
    const begin = performance.now();
    process.kill(host.pid, signal);
    await becomes(node, status);
    return performance.now() - begin;
  };
  const frozen = await timeUntil('SIGSTOP', 'suspect');
  process.kill(host.pid, 'SIGCONT');
  await becomes(node, 'online');
  const killed = await timeUntil('SIGKILL', 'gone');
  return [
    below('a killed peer is noticed after', killed, 50, 'ms'),
    below('a frozen peer is noticed after', frozen, 2500, 'ms'),
  ];
}

async function callTime(): Promise<number> {
  const [a, b] = [await startNode('a'), await startNode('b')];
  await b.cluster.join((await a.cluster.invite()).line, never);
  await becomes(a, 'online');
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const begin = performance.now();
    await a.cluster.request(b.identity.nodeId, pingRequest, {}, { limitMs: 5000 });
    times.push(performance.now() - begin);
  }
  return median(times);
}

/** The same model asked by a window beside it, and by one beside another host, in turns, for one token. */
async function remoteFirstToken(): Promise<Row> {
  const home = freshHome();
  mkdirSync(path.join(home, 'models'), { recursive: true });
  copyFileSync(embedded, path.join(home, 'models', 'coder.gguf'));
  const args = ['--peer-port', '0', '--no-discovery'];
  const [far, near] = await Promise.all([startHost({ home, args }), startHost({ args })]);
  const [beside, away] = [await oneToken(far), await oneToken(near)];
  await beside.request(placeRequest, { model_id: 'coder' });
  await away.request(joinRequest, { line: (await beside.request(inviteRequest, {})).line });
  const { instances } = await away.stateIs('the far model', ({ instances: all }) =>
    all.some(({ id }) => id.includes('@')),
  );
  for (const { id } of instances)
    if (!id.includes('@')) await away.request(unplaceRequest, { instance_id: id });
  const added: number[] = [];
  for (let round = 0; round < completions; round++) {
    const [here, there] = [await timeOf(beside), await timeOf(away)];
    added.push(there - here);
  }
  const { connections } = (await away.stateIs('its state', () => true)).topology;
  const roundTrip = connections[0]?.round_trip_ms ?? 0;
  return below(
    `remote completion, added to the first token (round trip ${roundTrip.toFixed(2)} ms), median of ${completions}`,
    median(added),
    5 + roundTrip,
    'ms',
  );
}

async function oneToken(host: HostUnderTest): Promise<LspClient> {
  const settings = { completions: { maxTokens: 1, debounce: 0 } };
  return host.lsp({ settings });
}

async function timeOf(window: LspClient): Promise<number> {
  const { uri, text, end } = newDocument();
  await window.open(uri, text);
  const begin = performance.now();
  await window.complete(uri, ...end);
  return performance.now() - begin;
}

function becomes({ cluster: { peers, onChange } }: TestNode, status: LinkStatus): Promise<void> {
  return new Promise((fulfil) => {
    const look = () => {
      if (peers()[0]?.status !== status) return;
      stop();
      fulfil();
    };
    const stop = onChange(look);
    look();
  });
}
