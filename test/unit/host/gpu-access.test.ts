import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Gpu } from '#protocol';
import { createGpuAccess } from '../../../server/src/gpu-access';
import { noReadings, unknownGpu } from '../../../server/src/telemetry/nvml-readings';
import { createProfile } from '../../../server/src/telemetry/profile';
import { cleanUp, freshFolder } from '../../support/host';

const memory = { ram_total: 1, ram_available: 1, swap_total: 0, swap_available: 0 };

/** A program of this release of node-llama-cpp, on a machine with these GPUs. */
function accessWith(release: string, gpus: Gpu[] = []) {
  const programFolder = freshFolder();
  const installed = path.join(programFolder, 'node_modules', 'node-llama-cpp');
  mkdirSync(installed, { recursive: true });
  writeFileSync(path.join(installed, 'package.json'), JSON.stringify({ version: release }));
  const readings = { gpus, memory, cpuUsage: null, driverVersion: null, cudaVersion: null };
  const profile = createProfile({ ...readings, gpuProblem: null, sampledAt: 0 });
  const fetched = { folder: programFolder, libraryFolders: () => [] };
  return createGpuAccess({ env: {}, profile: () => profile, programFolder, fetched });
}

describe('host: which GPUs llama.cpp can use', () => {
  afterEach(cleanUp);

  it('what was found out with another release of llama.cpp is found out anew', async () => {
    const [one, same, other] = await Promise.all(
      ['3.1.0', '3.1.0', '3.2.0'].map((release) => accessWith(release).backend()),
    );
    assert.equal(one?.dryRuns.backendKey, same?.dryRuns.backendKey);
    assert.notEqual(one?.dryRuns.backendKey, other?.dryRuns.backendKey);
  });

  it('CUDA is not tried for GPUs of other makers', () => {
    const access = accessWith('3.1.0', [
      { index: 0, ...unknownGpu, vendor: 'amd', status: 'ok', ...noReadings },
      { index: 1, ...unknownGpu, status: 'ok', ...noReadings },
    ]);
    const backendsFor = (...indexes: number[]) =>
      access.backendsFor(indexes.map((index) => ({ index, uuid: null })));
    assert.deepEqual(backendsFor(1), ['cuda', 'vulkan', 'cpu']);
    assert.deepEqual(backendsFor(0), ['vulkan', 'cpu']);
    assert.deepEqual(backendsFor(0, 1), ['vulkan', 'cpu']);
  });
});
