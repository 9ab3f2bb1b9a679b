import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import {
  acceptedCommand,
  checkSchema,
  completionMeasuresSchema,
  explanationSchema,
  instanceSchema,
  previewSchema,
  stateSchema,
} from '#protocol';
import {
  cleanUp,
  enginePid,
  freshHome,
  gone,
  type HostUnderTest,
  hostsOf,
  spawnCli,
  startHost,
  vramesh,
} from '../../support/host';
import { connectLsp } from '../../support/lsp';
import { nvmlEnvironment, scenarioPath } from '../../support/nvml';
import { settled, until } from '../../support/until';

const loop = 'for (let i = 0; i < arr.\n  sum += arr[i];\n}\n';

describe('command line: with a host that has a GPU', () => {
  let host: HostUnderTest;
  let file: string;
  const run = (...args: string[]) => vramesh(args, host);
  /** What a failed command leaves: code 1, and one line on stderr that says this. */
  async function fails(args: string[], says: RegExp): Promise<void> {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^vramesh: .+\n$/);
    assert.match(stderr, says);
  }

  before(async () => {
    host = await startHost({ env: nvmlEnvironment(scenarioPath('rtx3050')) });
    file = path.join(host.home, 'loop.ts');
    writeFileSync(file, loop);
  });
  after(cleanUp);

  it('complete FILE:LINE:COL waits for the model and prints what an editor would show', async () => {
    assert.deepEqual(await run('complete', `${file}:1:25`), {
      code: 0,
      stdout: 'length; i++) {\n',
      stderr: '',
    });
  });

  it('complete --json prints the item with its range, or null', async () => {
    const { stdout } = await run('complete', `${file}:1:25`, '--json');
    const position = { line: 0, character: 24 };
    const { item } = JSON.parse(stdout);
    assert.equal(item.insertText, 'length; i++) {');
    assert.deepEqual(item.range, { start: position, end: position });
  });

  it('complete --explain: how it came about, in words; --json: the document', async () => {
    const { code, stdout, stderr } = await run('complete', `${file}:1:25`, '--explain');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Prompt for vramesh-tiny, \d+ tokens \(\d+ from the KV cache, \d+ evaluated\):$/m);
    assert.match(stdout, /^ {2}│ {3}sum \+= arr\[i\];$/m);
    assert.match(stdout, /^Asked for: one line$/m);
    assert.match(
      stdout,
      /^Written by the model, \d+ tokens in \d+ ms, the first after \d+ ms:\n {2}│ length/m,
    );
    assert.match(stdout, /^Stopped by: \S/m);
    assert.match(stdout, /^Offered:\n {2}│ length; i\+\+\) \{\n$/m);
    const json = await run('complete', `${file}:1:25`, '--explain', '--json');
    assert.equal(explanationSchema.parse(JSON.parse(json.stdout)).offered, 'length; i++) {');
  });

  it('complete: a file that looks secret is not shown to a model', async () => {
    const secret = path.join(host.home, '.env');
    writeFileSync(secret, 'TOKEN=\n');
    await fails(['complete', `${secret}:1:7`, '--explain'], /no model sees them/);
  });

  it('status --completions: what was shown and accepted; --json: the document', async () => {
    const lsp = await host.lsp();
    await lsp.open('file:///loop.ts', loop);
    const before = (await host.state()).completions;
    await lsp.complete('file:///loop.ts', 0, 24);
    await lsp.send('workspace/executeCommand', { command: acceptedCommand, arguments: [1] });
    const { stdout } = await run('status', '--completions', '--json');
    const { shown, accepted } = completionMeasuresSchema.parse(JSON.parse(stdout));
    assert.deepEqual([shown, accepted], [before.shown + 1, before.accepted + 1]);
    const text = (await run('status', '--completions')).stdout;
    assert.match(text, new RegExp(`^ {2}Shown +${shown}, accepted ${accepted} \\(\\d+%\\)$`, 'm'));
    lsp.close();
  });

  it('complete: a file that cannot be read', () =>
    fails(['complete', `${file}.missing:1:1`], /cannot be read .*loop\.ts\.missing/));

  it('status: GPU, memory, model, in words', async () => {
    const { code, stdout, stderr } = await run('status');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /RTX 3050/);
    assert.match(stdout, /1\.0 ?\/ ?8\.0 GiB/);
    assert.match(stdout, /vramesh-tiny +ready/);
    assert.match(stdout, /Role: completion/);
    assert.match(stdout, /Memory: CPU: \d+ MiB predicted, \d+ MiB of it buffers: \d+ MiB measured/);
    assert.ok(!stdout.includes('\u001b'), 'no colours where nobody looks');
  });

  it('status --json: the state document', async () => {
    const { stdout } = await run('status', '--json');
    const { topology, instances } = stateSchema.parse(JSON.parse(stdout));
    assert.equal(topology.nodes[0]?.node_profile.memory.gpu_vram_total, 8589934592);
    assert.equal(instances[0]?.state, 'ready');
  });

  it('status --watch --json: a document a line, until Ctrl-C', async () => {
    const watching = spawnCli(['status', '--watch', '--json'], host.home);
    let text = '';
    watching.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    await until('two lines', () => text.split('\n').length > 2);
    stateSchema.parse(JSON.parse(text.split('\n')[1] ?? ''));
    watching.kill('SIGINT');
    const [code] = await settled('end of status --watch', once(watching, 'close'));
    assert.equal(code, 0);
  });

  it('doctor: a line a check; --json: the checks', async () => {
    const text = await run('doctor');
    assert.equal(text.code, 0, text.stderr);
    for (const name of ['Host', 'Socket', 'HTTP port', 'NVIDIA driver', 'GPU 0', 'CPU backend', 'Model'])
      assert.match(text.stdout, new RegExp(`^(ok|warning) +${name} +\\S`, 'm'));
    const { stdout } = await run('doctor', '--json');
    const { checks } = JSON.parse(stdout) as { checks: unknown[] };
    assert.ok(checks.map((check) => checkSchema.parse(check)).some(({ name }) => name === 'HTTP port'));
  });

  it('place, then unplace: by name, and the answer says where it runs', async () => {
    const placed = await run('place', 'vramesh-tiny', '--context-size', '512', '--json');
    assert.equal(placed.code, 0, placed.stderr);
    assert.equal(placed.stderr, '', 'no progress where nobody looks');
    const instance = instanceSchema.parse(JSON.parse(placed.stdout).instance);
    assert.deepEqual([instance.state, instance.placed_by, instance.context_size], ['ready', 'user', 512]);

    const again = await run('place', 'vramesh-tiny');
    assert.match(again.stdout, new RegExp(`^${instance.id} is ready on the CPU, \\d+ thread`));

    const removed = await run('unplace', 'vramesh-tiny', '--json');
    assert.deepEqual(JSON.parse(removed.stdout), { instance_id: instance.id });
    await gone(instance.engine_pid ?? 0);
    await fails(['unplace', 'vramesh-tiny'], /There is no instance "vramesh-tiny"/);
    await fails(['complete', `${file}:1:25`], /No model is placed\. Place one with "vramesh place"/);
    const status = await run('status');
    assert.match(status.stdout, /[Nn]o model/);
    assert.equal((await run('place', 'vramesh-tiny')).code, 0);
  });

  it('preview: what would be taken first, and why the GPU cannot be', async () => {
    const { code, stdout, stderr } = await run('preview', 'vramesh-tiny');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ # +Device +Layers +GiB after +Total +Tokens\/s +Prompt\/s\n 1 +CPU +\d+ /);
    assert.match(stdout, /one GPU .*No: NVIDIA GeForce RTX 3050 cannot be used: \S/s);
    const { previews } = JSON.parse((await run('preview', 'vramesh-tiny', '--json')).stdout);
    const [first] = z.array(previewSchema).parse(previews);
    assert.deepEqual([first?.kind, first?.error], ['cpu', null]);
    await fails(['preview', 'no-such-model'], /There is no model "no-such-model"/);
  });

  it('preview: wishes reach the host', async () => {
    const wishes = ['--context-size', '1024', '--sequences', '2', '--kv-cache-type', 'q8_0', '--cpu'];
    const { stdout } = await run('preview', 'vramesh-tiny', ...wishes, '--json');
    const [first] = z.array(previewSchema).parse(JSON.parse(stdout).previews);
    assert.deepEqual([first?.context_size, first?.sequences, first?.kv_cache_type], [1024, 2, 'q8_0']);
  });

  it('place --dry-run: the preview that would be taken, or why there is none; nothing is placed', async () => {
    const before = (await host.state()).instances;
    const { code, stdout } = await run('place', 'vramesh-tiny', '--dry-run', '--json');
    assert.equal(code, 0);
    assert.equal(previewSchema.parse(JSON.parse(stdout).preview).error, null);
    assert.match((await run('place', 'vramesh-tiny', '--dry-run')).stdout, / 1 +CPU .*Id: /s);
    await fails(['place', 'vramesh-tiny', '--dry-run', '--sharding', 'Tensor'], /tensor sharding/i);
    await fails(['place', 'vramesh-tiny', '--dry-run', '--min-nodes', '3'], /nodes|machines/);
    await fails(['place', 'vramesh-tiny', '--dry-run', '--preview', 'nope'], /There is no preview "nope"/);
    const ids = (instances: typeof before) => instances.map(({ id }) => id);
    assert.deepEqual(ids((await host.state()).instances), ids(before));
  });

  it('place --preview: just this one', async () => {
    const { stdout } = await run('place', 'vramesh-tiny', '--dry-run', '--json');
    const { id } = previewSchema.parse(JSON.parse(stdout).preview);
    const placed = await run('place', 'vramesh-tiny', '--preview', id, '--json');
    assert.equal(placed.code, 0, placed.stderr);
    assert.equal(instanceSchema.parse(JSON.parse(placed.stdout).instance).placement?.id, id);
    await fails(['place', 'vramesh-tiny', '--preview', 'nope', '--role', 'chat'], /nope/);
  });

  it('place: what cannot be placed', async () => {
    await fails(['place', 'no-such-model'], /There is no model "no-such-model"/);
    await fails(['place', file], /loop\.ts is not a GGUF file/);
    await fails(['place', host.home], /is a folder without a GGUF file/);
    await fails(['place', 'x'.repeat(5000)], /model_id/);
  });

  it('doctor: a check that failed makes it fail, and is named', async () => {
    for (let deaths = 1; deaths <= 3; deaths++) {
      const engine = await enginePid(host);
      process.kill(engine, 'SIGKILL');
      await until('its death', async () => (await host.state()).instances[0]?.engine_deaths === deaths);
    }
    await until('it stays down', async () => (await host.state()).instances[0]?.state === 'failed');
    const { code, stdout, stderr } = await run('doctor');
    assert.equal(code, 1);
    assert.match(stdout, /^FAILED +Model +vramesh-tiny: The engine was killed/m);
    assert.equal(stderr, 'vramesh: Not all is well: Model.\n');
    await fails(['complete', `${file}:1:25`], /The engine was killed.*stays down/);
  });

  it('serve --peer: what is no address is wrong usage', async () => {
    const { code, stderr } = await vramesh(['serve', '--peer', 'workstation'], { home: freshHome() });
    assert.equal(code, 2);
    assert.match(stderr, /HOST:PORT/);
  });
});

describe('command line: lsp --stdio', () => {
  afterEach(cleanUp);

  it('speaks LSP on its stdio, starts the host, and ends on "exit"; the host stays', async () => {
    const home = freshHome();
    const child = spawnCli(['lsp', '--stdio'], home);
    assert.ok(child.stdout && child.stdin);
    const closed = once(child, 'close');
    const lsp = await connectLsp({ reader: child.stdout, writer: child.stdin });
    await lsp.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');
    await lsp.open('file:///loop.ts', loop);
    assert.equal((await lsp.complete('file:///loop.ts', 0, 24))[0]?.insertText, 'length; i++) {');
    await lsp.send('shutdown');
    await lsp.notify('exit', {});
    assert.deepEqual(await settled('its end', closed), [0, null]);

    const { stdout } = await vramesh(['stop', '--json'], { home });
    assert.deepEqual(JSON.parse(stdout), { stopped: true });
  });

  it('ends when its editor goes, and when the host is killed', async () => {
    const host = await startHost();
    for (const end of ['editor', 'host']) {
      const child = spawnCli(['lsp', '--stdio'], host.home);
      assert.ok(child.stdout && child.stdin);
      let stderr = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const closed = once(child, 'close');
      await connectLsp({ reader: child.stdout, writer: child.stdin });
      if (end === 'editor') child.stdin.end();
      else host.process.kill('SIGKILL');
      assert.deepEqual(await settled(`end after its ${end}`, closed), [0, null]);
      assert.equal(stderr, '');
    }
  });
});

describe('command line: stop', () => {
  afterEach(cleanUp);

  it('ends the host and its engine, and answers when both are gone and the port is free', async () => {
    const host = await startHost();
    const engine = await enginePid(host);
    const stopped = await vramesh(['stop'], host);
    assert.deepEqual(stopped, { code: 0, stdout: 'The host has ended.\n', stderr: '' });
    await gone(engine);
    await settled('end of the host', host.ended);
    const port = host.ready.http?.split(':')[1] ?? '';
    const next = await startHost({ home: host.home, args: ['--http-port', port] });
    assert.equal(next.ready.http, `127.0.0.1:${port}`);
  });

  it('without a host: says so, starts none, and is no failure', async () => {
    const home = freshHome();
    assert.deepEqual(await vramesh(['stop'], { home }), {
      code: 0,
      stdout: 'No host was running.\n',
      stderr: '',
    });
    assert.deepEqual(hostsOf(home), []);
  });

  it('a host that is killed while a command waits: one line', async () => {
    const home = freshHome();
    mkdirSync(home);
    const host = await startHost({ home });
    const watching = spawnCli(['status', '--watch', '--json'], home);
    let stderr = '';
    watching.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const closed = once(watching, 'close');
    if (watching.stdout) await once(watching.stdout, 'data');
    host.process.kill('SIGKILL');
    assert.deepEqual(await settled('its end', closed), [1, null]);
    assert.equal(stderr, 'vramesh: The host ended.\n');
  });
});
