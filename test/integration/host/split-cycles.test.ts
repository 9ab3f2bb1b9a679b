/**
 * A split model, placed and removed a hundred times: nothing is left on either machine. Real hosts, tunnels and shard
 * servers; llama.cpp does not coordinate, since that would take most of the time.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inviteRequest, joinRequest, placeRequest, previewsRequest, unplaceRequest } from '#protocol';
import { cleanUp, freshFolder, type HostUnderTest, startHost, tellFreeRam } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { childrenOf, openFiles } from '../../support/processes';
import { until } from '../../support/until';

/** By each of the two. */
const cycles = 50;
const wishes = { model_id: 'vramesh-tiny', min_nodes: 2, context_size: 256, sequences: 1 };

interface Machine {
  readonly host: HostUnderTest;
  readonly editor: LspClient;
  /** Wherein it writes. */
  readonly folder: string;
}

describe('host: a model over two machines, a hundred times', function () {
  this.timeout(600_000);

  after(cleanUp);

  it('leaves no process, socket, file or lease', async () => {
    const program = programWithQuickCoordinator();
    const machines = await Promise.all([start(program), start(program)]);
    const [{ editor: first }, { editor: second }] = machines;
    await second.request(joinRequest, { line: (await first.request(inviteRequest, {})).line });
    for (const { editor } of machines)
      await editor.stateIs('both machines', ({ topology, instances }) => {
        const ready = instances.filter(({ state }) => state === 'ready');
        return topology.nodes.length === 2 && ready.length === 2;
      });

    // What is made once, and kept, is there after a first time.
    await Promise.all(machines.map(cycle));
    const before = await machinesAtRest(machines);
    await Promise.all(
      machines.map(async (machine) => {
        for (let count = 0; count < cycles; count++) await cycle(machine);
      }),
    );
    for (const { host } of machines)
      await until('its processes have ended', () => childrenOf(host.pid).length === 0);
    const after = await machinesAtRest(machines);
    for (const [index, { open, ...rest }] of after.entries()) {
      const then = before[index] ?? assert.fail();
      assert.deepEqual(rest, { free: then.free, files: then.files });
      assert.ok(open <= then.open, `${open} open files, ${then.open} before`);
    }
  });
});

async function start(program: string): Promise<Machine> {
  const folder = freshFolder();
  const temporary = path.join(folder, 'tmp');
  mkdirSync(temporary);
  const meminfo = path.join(folder, 'meminfo');
  tellFreeRam(meminfo, 2 ** 31);
  const host = await startHost({
    home: path.join(folder, 'home'),
    meminfo,
    args: ['--peer-port', '0', '--no-discovery'],
    env: { TMPDIR: temporary, REAL_ENGINE: path.resolve('dist/engine.js') },
    program,
  });
  return { host, editor: await host.lsp(), folder };
}

/** Places it, with a part on the other machine, and removes it. */
async function cycle({ editor }: Machine): Promise<void> {
  const { instance } = await editor.request(placeRequest, wishes);
  assert.equal(instance.state, 'ready');
  assert.equal(instance.shards.length, 1);
  await editor.request(unplaceRequest, { instance_id: instance.id });
}

/** What each of them has when nothing is placed, and nothing lent. */
async function machinesAtRest(machines: readonly Machine[]) {
  for (const { host } of machines)
    await until('it is at rest', async () => {
      const { instances, topology } = await host.state();
      const lent = topology.nodes.flatMap((node) => node.lent);
      return instances.length + lent.length + childrenOf(host.pid).length === 0;
    });
  return Promise.all(
    machines.map(async ({ host, editor, folder }) => {
      const { previews } = await editor.request(previewsRequest, wishes);
      return {
        // Leases make it less.
        free: previews.flatMap(({ shares }) =>
          shares.map(({ node_id, free_bytes }) => [node_id, free_bytes]),
        ),
        open: openFiles(host.pid),
        files: readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort(),
      };
    }),
  );
}

function programWithQuickCoordinator(): string {
  const folder = freshFolder();
  const dist = path.join(folder, 'dist');
  for (const name of ['vramesh.js', 'tunnel.js', 'native'])
    cpSync(path.resolve('dist', name), path.join(dist, name), { recursive: true });
  for (const name of ['media', 'node_modules', 'package.json'])
    symlinkSync(path.resolve(name), path.join(folder, name));
  const coordinator = JSON.stringify(path.resolve('test/support/quick-coordinator.mjs'));
  writeFileSync(path.join(dist, 'engine.js'), `import(${coordinator});\n`);
  return path.join(dist, 'vramesh.js');
}
