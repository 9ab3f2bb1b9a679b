/** `vramesh runtime` with the packaged program, on a machine with NVIDIA's driver: it may have some of CUDA's libraries, too. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { type Check, checkSchema } from '#protocol';
import { type Sources, startSources } from '../../support/cuda-sources';
import { cleanUp, freshFolder, type HostUnderTest, startHost, vramesh } from '../../support/host';
import { nvmlEnvironment, readScenario, writeScenario } from '../../support/nvml';
import { layOutProgram } from '../../support/packaged';
import { until } from '../../support/until';

describe('command line: runtime', function () {
  this.timeout(60_000);
  let sources: Sources;
  let host: HostUnderTest;
  before(async () => {
    sources = await startSources();
    const folder = freshFolder();
    const program = path.join(await layOutProgram(path.join(folder, 'program')), 'vramesh.js');
    const scenario = path.join(folder, 'scenario.txt');
    writeScenario(scenario, readScenario('rtx3050').replace(/^driver .*$/m, 'driver 580.65.06'));
    host = await startHost({ program, env: { ...sources.env, ...nvmlEnvironment(scenario) } });
  });
  after(async () => {
    await cleanUp();
    await sources.server.close();
  });

  const run = (...args: string[]) => vramesh(args, host);
  async function cuda(): Promise<Check | undefined> {
    const { checks } = JSON.parse((await run('doctor', '--json')).stdout);
    return checkSchema
      .array()
      .parse(checks)
      .find(({ name }) => name === 'CUDA backend');
  }

  it('doctor and the state document say that it would help', async () => {
    const check = await cuda();
    assert.equal(check?.status, 'warning');
    assert.match(check?.detail ?? '', /llama\.cpp for CUDA 13/);
    assert.match(check?.advice ?? '', /Install CUDA Runtime.*vramesh runtime install/);
    await until('the state says so', async () => (await host.state()).cuda_missing);
  });

  it('install fetches what is missing, and then nobody says so any more', async () => {
    const { code, stdout, stderr } = await run('runtime', 'install');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      /^Installed llama\.cpp for CUDA \(@node-llama-cpp\/linux-x64-cuda 3\.22\.1\)\.\n.*vramesh stop/s,
    );
    const check = await cuda();
    assert.equal(check?.status, 'ok');
    assert.match(check?.detail ?? '', /CUDA 13 runtime found/);
    assert.equal((await host.state()).cuda_missing, undefined);
  });

  it('install has nothing to do the next time', async () => {
    assert.deepEqual(await run('runtime', 'install'), {
      code: 0,
      stdout: 'Nothing is missing.\n',
      stderr: '',
    });
    assert.deepEqual(JSON.parse((await run('runtime', 'install', '--json')).stdout), { installed: [] });
  });

  it('remove deletes it', async () => {
    assert.match((await run('runtime', 'remove')).stdout, /was deleted/);
    assert.equal((await cuda())?.status, 'warning');
    assert.match((await run('runtime', 'remove')).stdout, /There was none/);
  });

  it('install says in a line why it failed', async () => {
    sources.server.faults.push((_asked, response) => {
      response.writeHead(404).end();
      return true;
    });
    const { code, stderr } = await run('runtime', 'install');
    assert.equal(code, 1);
    assert.match(stderr, /^vramesh: .*HTTP 404.*\n$/);
  });
});

describe('command line: runtime, without a GPU', () => {
  after(cleanUp);

  it('says that there is nothing to fetch for', async () => {
    const host = await startHost({ env: { VRAMESH_NVML_LIBRARY: '/nowhere/libnvidia-ml.so' } });
    const { code, stderr } = await vramesh(['runtime', 'install'], host);
    assert.equal(code, 1);
    assert.match(stderr, /No NVIDIA GPU was found.*Nothing was fetched/);
    assert.equal((await host.state()).cuda_missing, undefined);
  });
});
