import assert from 'node:assert/strict';
import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getStateRequest, healthSchema, placeRequest, stopRequest } from '#protocol';
import { attach } from '#protocol/attach';
import {
  cleanUp,
  enginePid,
  freshHome,
  gone,
  hostsOf,
  logOf,
  openLsp,
  spawnCli,
  startHost,
  vramesh,
} from '../../support/host';
import { isAlive, settled, until } from '../../support/until';

async function aliveOf(pids: readonly number[]): Promise<number[]> {
  const alive = await Promise.all(pids.map(isAlive));
  return pids.filter((_, index) => alive[index]);
}

describe('host: starting', () => {
  afterEach(cleanUp);

  it('says in one line of JSON where it can be reached, and can be reached there', async () => {
    const host = await startHost();
    const { ready } = host;
    assert.deepEqual(Object.keys(ready), ['ready', 'http', 'https', 'peer', 'socket', 'node_id']);
    assert.equal(ready.ready, true);
    assert.match(ready.http ?? '', /^127\.0\.0\.1:\d+$/);
    assert.equal(ready.socket, path.join(host.home, 'host.sock'));
    assert.match(ready.node_id, /^[0-9a-f]{64}$/);
    assert.equal((await host.state()).topology.nodes[0]?.node_id, ready.node_id);
    const lsp = await host.lsp();
    const { topology } = await lsp.request(getStateRequest, {});
    assert.equal(topology.nodes[0]?.node_id, ready.node_id);
  });

  it('keeps its home to its user', async () => {
    const { home } = await startHost();
    assert.equal(statSync(home).mode & 0o077, 0);
    assert.equal(statSync(path.join(home, 'identity.pem')).mode & 0o077, 0);
  });

  it('is the same node after a restart', async () => {
    const first = await startHost();
    await first.stop();
    const second = await startHost({ home: first.home });
    assert.equal(second.ready.node_id, first.ready.node_id);
  });

  it('is only one per home: a second one says so in one line and ends', async () => {
    const host = await startHost();
    const second = await vramesh(['serve', '--json', '--http-port', '0'], host);
    assert.equal(second.code, 1);
    assert.equal(second.stdout, '');
    assert.match(second.stderr, /^vramesh: A host already runs here .*vramesh stop.*\n$/);
    assert.equal((await host.state()).topology.nodes.length, 1);
  });

  it('five at the same moment end as one', async () => {
    const home = freshHome();
    const starts = Array.from({ length: 5 }, () => spawnCli(['serve', '--http-port', '0'], home));
    const pids = starts.map(({ pid }) => pid ?? 0);
    await until('one host that stays', async () => (await aliveOf(pids)).length === 1);
    const lsp = await openLsp(home);
    assert.equal((await lsp.request(getStateRequest, {})).topology.nodes.length, 1);
    assert.equal((await aliveOf(pids)).length, 1);
  });

  it('takes the place of a host that was killed, whose socket file is still there', async () => {
    const first = await startHost();
    first.process.kill('SIGKILL');
    await first.ended;
    assert.ok(statSync(first.ready.socket).isSocket());
    const second = await startHost({ home: first.home });
    await second.lsp();
    assert.equal(second.ready.node_id, first.ready.node_id);
  });

  it('five at the same moment over the socket of a killed host end as one', async () => {
    const dead = await startHost();
    dead.process.kill('SIGKILL');
    await dead.ended;
    const starts = Array.from({ length: 5 }, () => spawnCli(['serve', '--http-port', '0'], dead.home));
    const pids = starts.map(({ pid }) => pid ?? 0);
    await until('one host that stays', async () => (await aliveOf(pids)).length === 1);
    assert.equal((await vramesh(['status', '--json'], dead)).code, 0);
  });

  for (const length of [80, 92, 100, 107, 200]) {
    it(`works in a home whose socket would have a path of ${length} bytes`, async () => {
      const base = freshHome();
      const name = 'x'.repeat(length - path.join(base, 'host.sock').length - 1);
      const host = await startHost({ home: path.join(base, name) });
      await host.lsp();
      await host.stop();
      // Where the home's own path is too long, it has a folder elsewhere.
      const folder = path.dirname(host.ready.socket);
      if (folder !== host.home) rmSync(folder, { recursive: true });
    });
  }
});

describe('host: ending', () => {
  afterEach(cleanUp);

  it('SIGTERM: ends in order, and its engine with it', async () => {
    const host = await startHost();
    const engine = await enginePid(host);
    host.process.kill('SIGTERM');
    assert.equal(await settled('end of the host', host.ended), 0);
    await gone(engine);
    assert.throws(() => statSync(host.ready.socket), { code: 'ENOENT' });
    assert.match(logOf(host.home), /The host ends: it got SIGTERM/);
  });

  it('asked to by a client: answers first, then ends, and its engine with it', async () => {
    const host = await startHost();
    const engine = await enginePid(host);
    const lsp = await host.lsp();
    assert.deepEqual(await lsp.request(stopRequest, {}), {});
    assert.equal(await settled('end of the host', host.ended), 0);
    await gone(engine);
  });

  it('asked to by a client while it has nothing else to end: still answers first', async () => {
    for (let round = 0; round < 5; round++) {
      const home = freshHome();
      mkdirSync(home, { recursive: true });
      writeFileSync(path.join(home, 'placements.json'), JSON.stringify({ placements: [] }));
      const host = await startHost({ home });
      const lsp = await host.lsp();
      assert.deepEqual(await lsp.request(stopRequest, {}), {});
      assert.equal(await settled('end of the host', host.ended), 0);
    }
  });

  it('killed: no engine stays behind', async () => {
    const host = await startHost();
    const engine = await enginePid(host);
    host.process.kill('SIGKILL');
    await gone(engine);
  });

  it('its home is deleted: nobody could find it any more, so it goes', async () => {
    const host = await startHost();
    const engine = await enginePid(host);
    rmSync(host.home, { recursive: true });
    assert.equal(await settled('end of the host', host.ended), 0);
    await gone(engine);
  });

  it('--idle-exit: goes when nobody has used it for so long', async () => {
    const host = await startHost({ args: ['--idle-exit', '1'] });
    assert.equal(await settled('end of the host', host.ended), 0);
    assert.match(host.stderr(), /nobody has used it/);
  });

  it('--idle-exit: stays while a client is connected, and goes after the last one', async () => {
    const host = await startHost({ args: ['--idle-exit', '1'] });
    const [first, second] = [await host.lsp(), await host.lsp()];
    first.close();
    await until('more than a second', async () => {
      const { uptime_seconds } = healthSchema.parse(await host.http('/health'));
      return uptime_seconds > 3;
    });
    await second.request(getStateRequest, {});
    second.close();
    assert.equal(await settled('end of the host', host.ended), 0);
  });
});

describe('host: started by its first client', () => {
  afterEach(cleanUp);

  it('commands that find none start exactly one, and it outlives them', async () => {
    const home = freshHome();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => vramesh(['status', '--json'], { home })),
    );
    const nodes = answers.map(({ code, stdout, stderr }) => {
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout).topology.nodes[0].node_id;
    });
    assert.equal(new Set(nodes).size, 1);
    const hosts = await until('one host', async () => {
      const alive = await aliveOf(hostsOf(home));
      return alive.length === 1 && alive;
    });
    assert.equal((await vramesh(['status', '--json'], { home })).code, 0);
    assert.deepEqual(await aliveOf(hostsOf(home)), hosts);
  });

  it('hears why it cannot be started', async () => {
    const home = freshHome();
    mkdirSync(home);
    writeFileSync(path.join(home, 'identity.pem'), 'not a key');
    await assert.rejects(attach({ home, program: path.resolve('dist/vramesh.js') }), /is not a private key/);
  });
});

describe('host: a home that cannot be used', () => {
  afterEach(cleanUp);

  const cases: [what: string, prepare: (home: string) => string][] = [
    [
      'below a file',
      (home) => {
        writeFileSync(home, '');
        return path.join(home, 'below');
      },
    ],
    [
      'a file',
      (home) => {
        writeFileSync(home, '');
        return home;
      },
    ],
    ['in a file system that nobody can write', () => '/proc/vramesh'],
    [
      'with a folder where the identity should be',
      (home) => {
        mkdirSync(path.join(home, 'identity.pem'), { recursive: true });
        return home;
      },
    ],
    [
      'with a file where the logs should be',
      (home) => {
        mkdirSync(home);
        writeFileSync(path.join(home, 'logs'), '');
        return home;
      },
    ],
    [
      'with a socket that is a folder',
      (home) => {
        mkdirSync(path.join(home, 'host.sock'), { recursive: true });
        return home;
      },
    ],
  ];
  for (const [what, prepare] of cases) {
    it(`${what}: one line says so and what to do, for serve and for its clients`, async () => {
      const home = prepare(freshHome());
      for (const args of [['serve'], ['status']]) {
        const { code, stdout, stderr } = await vramesh(args, { home });
        assert.equal(code, 1, stderr);
        assert.equal(stdout, '');
        assert.match(stderr, /^vramesh: .*\n$/);
        assert.ok(stderr.includes(home), stderr);
        assert.match(stderr, /VRAMESH_HOME|[Mm]ove it away/);
      }
    });
  }
});

describe('host: a full disk', () => {
  afterEach(cleanUp);

  it('it goes on without its log, and says that a choice will be forgotten', async () => {
    const home = freshHome();
    mkdirSync(path.join(home, 'logs'), { recursive: true });
    // Whatever is written there fails as it does on a full disk.
    symlinkSync('/dev/full', path.join(home, 'logs', 'host.1.log'));
    symlinkSync('/dev/full', path.join(home, 'placements.json.new'));
    const host = await startHost({ home });
    const lsp = await host.lsp();
    const { instance } = await lsp.request(placeRequest, { model_id: 'vramesh-tiny' });
    assert.equal(instance.state, 'ready');
    await until('a warning', () =>
      /could not be noted .*ENOSPC.*a restart will forget it/.test(host.stderr()),
    );
    await lsp.request(getStateRequest, {});
    await host.stop();
  });
});
