import assert from 'node:assert/strict';
import path from 'node:path';
import { pino } from 'pino';
import { z } from 'zod';
import { type NodeProfile, nodeProfileSchema } from '#protocol';
import { openTelemetry, type Telemetry } from '../../../server/src/telemetry';
import {
  changeGpu,
  type NvmlEnvironment,
  nvmlEnvironment,
  readScenario,
  writeScenario,
} from '../../support/nvml';
import { createTree } from '../../support/tree';

describe('telemetry of this machine', () => {
  const tree = createTree();
  const scenarioFile = path.join(tree.root, 'scenario.txt');
  let environment: NvmlEnvironment;
  const lineSchema = z.object({ msg: z.string() });
  const rtx3050 = readScenario('rtx3050');
  let lines: string[];
  let telemetry: Telemetry;

  before(() => {
    environment = nvmlEnvironment(scenarioFile);
  });
  beforeEach(() => {
    lines = [];
    writeScenario(scenarioFile, rtx3050);
    Object.assign(process.env, environment);
    const log = pino({}, { write: (line) => lines.push(lineSchema.parse(JSON.parse(line)).msg) });
    telemetry = openTelemetry({ nvmlLibrary: environment.VRAMESH_NVML_LIBRARY, log });
  });
  afterEach(() => {
    telemetry.close();
    for (const name of Object.keys(environment)) delete process.env[name];
  });
  after(() => tree.remove());

  const next = () =>
    new Promise<NodeProfile>((resolve) => {
      const stop = telemetry.onSample((profile) => {
        stop();
        resolve(profile);
      });
    });

  it('has a sample and says which GPU there is as soon as it is open', () => {
    const profile = nodeProfileSchema.parse(telemetry.profile());
    assert.equal(profile.memory.gpu_vram_total, 8_589_934_592);
    assert.ok(profile.memory.ram_available > 0 && profile.memory.ram_available < profile.memory.ram_total);
    assert.deepEqual(lines, ['GPU detected: NVIDIA GeForce RTX 3050 (8 GB VRAM)']);
  });

  it('samples by itself while someone looks, and while nobody does', async () => {
    const stopLooking = telemetry.look();
    writeScenario(scenarioFile, changeGpu(rtx3050, 0, 'Temperature 61'));
    assert.equal((await next()).system.temp, 61);
    stopLooking();
    writeScenario(scenarioFile, changeGpu(rtx3050, 0, 'Temperature 62'));
    const profile = await next();
    assert.equal(profile.system.temp, 62);
    assert.equal(telemetry.profile(), profile);
    assert.equal(typeof profile.system.cpu_usage, 'number');
  }).timeout(10_000);

  it('samples at once when asked, and tells everyone', async () => {
    writeScenario(scenarioFile, changeGpu(rtx3050, 0, 'MemoryInfo 8589934592 2147483648 0'));
    const told = next();
    assert.equal(telemetry.sample().memory.gpu_vram_available, 6_442_450_944);
    assert.equal((await told).memory.gpu_vram_available, 6_442_450_944);
  });

  it('logs a change once, never a reading', () => {
    writeScenario(scenarioFile, changeGpu(rtx3050, 0, 'error * 15'));
    for (let i = 0; i < 3; i++) telemetry.sample();
    assert.deepEqual(lines.slice(1), [
      'GPU 0, NVIDIA GeForce RTX 3050, is lost: its driver no longer reaches it. It is looked for.',
    ]);
  });

  it('says nothing after it was closed', () => {
    telemetry.onSample(() => assert.fail('a sample after the end'));
    telemetry.close();
    assert.equal(lines.length, 1);
  });
});
