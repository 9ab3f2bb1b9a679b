import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { diagnoseRequest } from '#protocol';
import { cleanUp, type HostUnderTest, logOf, startHost } from '../../support/host';
import { nvmlEnvironment, scenarioPath } from '../../support/nvml';
import { until } from '../../support/until';

/** One node of `/state`, as a script reads it: through no schema of ours. */
async function profileOf(host: HostUnderTest) {
  const state = (await host.http('/state')) as {
    topology: { nodes: { node_profile: { memory: object; system: object; gpus: unknown[] } }[] };
  };
  assert.equal(state.topology.nodes.length, 1);
  const [node] = state.topology.nodes;
  assert.ok(node);
  return node.node_profile;
}

function has(log: string, line: string): boolean {
  return log.split('\n').includes(line);
}

describe('host: one RTX 3050 with 8 GiB, where CUDA does not work', () => {
  let host: HostUnderTest;
  before(async () => {
    host = await startHost({
      env: {
        ...nvmlEnvironment(scenarioPath('rtx3050')),
        VRAMESH_BACKEND: 'auto',
        // A machine with a real GPU must not lend it to this test.
        CUDA_VISIBLE_DEVICES: '-1',
        VK_DRIVER_FILES: '/dev/null',
      },
    });
  });
  after(cleanUp);

  it('/state tells count and bytes as plain numbers', async () => {
    const { memory, system, gpus } = await profileOf(host);
    const { gpu_vram_total, gpu_vram_used, gpu_vram_available } = memory as Record<string, unknown>;
    assert.equal(gpu_vram_total, 8589934592);
    assert.equal(gpu_vram_used, 1073741824);
    assert.equal(gpu_vram_available, 7516192768);
    const { gpu_count, gpu_names, temp } = system as Record<string, unknown>;
    assert.equal(gpu_count, 1);
    assert.deepEqual(gpu_names, ['NVIDIA GeForce RTX 3050']);
    assert.equal(temp, 47);
    assert.equal(gpus.length, 1);
  });

  it('/gpu/info tells the same in MiB', async () => {
    const info = (await host.http('/gpu/info')) as { cluster_summary: object; nodes: object[] };
    const { total_vram_mb, gpu_nodes } = info.cluster_summary as Record<string, unknown>;
    assert.equal(total_vram_mb, 8192);
    assert.equal(gpu_nodes, 1);
    assert.equal((info.nodes[0] as { device_name?: string }).device_name, 'NVIDIA GeForce RTX 3050');
  });

  it('the log says what was found and what is used, on the terminal and in the file', async () => {
    const lines = [
      'GPU detected: NVIDIA GeForce RTX 3050 (8 GB VRAM)',
      'Warning: GPU detected but the CUDA backend is not available, using CPU',
    ];
    for (const line of lines) {
      await until(`on stderr: ${line}`, () => has(host.stderr(), line));
      assert.ok(logOf(host.home).includes(JSON.stringify(line)), line);
    }
  });

  it('the model runs on the CPU and says that this is slower', async () => {
    const lsp = await host.lsp();
    const { instances } = await lsp.stateIs('ready', ({ instances: [only] }) => only?.state === 'ready');
    assert.equal(instances[0]?.backend, 'cpu');
    assert.match(instances[0]?.note ?? '', /CUDA is not available: the model runs on the CPU, slower/);
  });

  it('doctor names the driver, the GPU, and what CUDA lacks', async () => {
    const lsp = await host.lsp();
    const { checks } = await lsp.request(diagnoseRequest, {});
    const find = (name: string) => checks.find((check) => check.name === name);
    assert.deepEqual(find('NVIDIA driver')?.status, 'ok');
    assert.match(find('NVIDIA driver')?.detail ?? '', /535\.104\.05.*12\.2/);
    assert.equal(find('GPU 0')?.detail, 'NVIDIA GeForce RTX 3050');
    assert.ok(find('CUDA backend'));
  });
});

describe('host: no GPU', () => {
  afterEach(cleanUp);

  it('/state has nulls, never zeros', async () => {
    const host = await startHost();
    const { memory, system, gpus } = await profileOf(host);
    assert.deepEqual(gpus, []);
    const { gpu_vram_total, gpu_vram_available, gpu_vram_used, ram_total } = memory as Record<
      string,
      unknown
    >;
    assert.deepEqual([gpu_vram_total, gpu_vram_available, gpu_vram_used], [null, null, null]);
    assert.equal(typeof ram_total, 'number');
    const { gpu_count, gpu_usage, temp, gpu_power_watts } = system as Record<string, unknown>;
    assert.equal(gpu_count, 0);
    assert.deepEqual([gpu_usage, temp, gpu_power_watts], [null, null, null]);
  });
});

describe('host: its HTTP port is in use', () => {
  afterEach(cleanUp);

  it('it goes on without, and says so in the ready line, the log and doctor', async () => {
    const other = createServer();
    await new Promise<void>((fulfil) => other.listen(0, '127.0.0.1', fulfil));
    const address = other.address();
    assert.ok(address !== null && typeof address === 'object');
    try {
      const host = await startHost({ args: ['--http-port', String(address.port)] });
      assert.equal(host.ready.http, null);
      const lsp = await host.lsp();
      await lsp.stateIs('ready', ({ instances }) => instances[0]?.state === 'ready');
      const { checks } = await lsp.request(diagnoseRequest, {});
      const check = checks.find(({ name }) => name === 'HTTP port');
      assert.equal(check?.status, 'warning');
      assert.match(check?.detail ?? '', new RegExp(`port ${address.port} was in use`));
      assert.match(check?.advice ?? '', /--http-port/);
      assert.match(host.stderr(), /The HTTP API is off: .*/);
    } finally {
      other.close();
    }
  });
});
