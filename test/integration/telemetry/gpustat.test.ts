/** The machine that gpustat's own tests describe (test/fixtures/nvml/gpustat.json), on a driver as old as theirs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Gpu } from '#protocol';
import { changeGpu } from '../../support/nvml';
import { type Bench, createBench } from './bench';

const unsupported = z.literal('NotSupported').transform(() => null);
const processes = z.union([z.array(z.object({ pid: z.number(), used: z.number() })), unsupported]);
const facts = z
  .object({
    driver: z.string(),
    gpus: z.array(
      z.object({
        name: z.string(),
        uuid: z.string(),
        tempC: z.number(),
        fan: z.number(),
        powerMw: z.union([z.number(), unsupported]),
        powerLimitMw: z.union([z.number(), unsupported]),
        memTotal: z.number(),
        memUsed: z.number(),
        util: z.union([z.object({ gpu: z.number(), memory: z.number() }), unsupported]),
        compute: processes,
        graphics: processes,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync('test/fixtures/nvml/gpustat.json', 'utf8')));

function scenarioOf({ driver, gpus }: typeof facts): string {
  const blocks = gpus.map((gpu) => {
    const list = (kind: 'compute' | 'graphics', name: string) =>
      gpu[kind]?.map(({ pid, used }) => `process ${kind} ${pid} ${used}`) ?? [`error ${name} 3`];
    return [
      'gpu',
      `Name ${gpu.name}`,
      `UUID ${gpu.uuid}`,
      `MemoryInfo ${gpu.memTotal} ${gpu.memUsed}`,
      `Temperature ${gpu.tempC}`,
      `FanSpeed ${gpu.fan}`,
      `PowerUsage ${gpu.powerMw ?? '-'}`,
      `EnforcedPowerLimit ${gpu.powerLimitMw ?? '-'}`,
      `UtilizationRates ${gpu.util?.gpu ?? '-'} ${gpu.util?.memory ?? '-'}`,
      ...list('compute', 'ComputeRunningProcesses'),
      ...list('graphics', 'GraphicsRunningProcesses'),
    ].join('\n');
  });
  return [`driver ${driver}`, ...blocks, ''].join('\n');
}

describe('the GPUs of gpustat’s tests', () => {
  const scenario = scenarioOf(facts);
  let bench: Bench;
  let gpus: Gpu[];
  beforeEach(() => {
    bench = createBench(scenario, 'old');
    gpus = bench.sample().gpus;
  });
  afterEach(() => bench.close());

  it('are read as they are, unsupported ones as unknown', () => {
    assert.equal(gpus.length, 3);
    for (const [
      i,
      { name, uuid, tempC, fan, powerMw, powerLimitMw, memTotal, memUsed, util },
    ] of facts.gpus.entries()) {
      const gpu = gpus[i];
      assert.deepEqual([gpu?.name, gpu?.uuid, gpu?.temp, gpu?.fan_percent], [name, uuid, tempC, fan]);
      assert.deepEqual([gpu?.vram_total, gpu?.vram_used], [memTotal, memUsed]);
      assert.equal(gpu?.power_watts, powerMw === null ? null : powerMw / 1000);
      assert.equal(gpu?.power_limit_watts, powerLimitMw === null ? null : powerLimitMw / 1000);
      assert.equal(gpu?.gpu_usage, util === null ? null : util.gpu);
    }
  });

  it('show the processes once each, with the memory they hold', () => {
    const used = (gpu: Gpu | undefined) =>
      gpu?.processes?.map(({ pid, vram_used, kind }) => [pid, vram_used, kind]) ?? null;
    assert.deepEqual(used(gpus[0]), [
      [48_448, 4_194_304_000, 'both'],
      [153_223, 4_194_304_000, 'compute'],
    ]);
    assert.deepEqual(used(gpus[1]), [
      [194_826, 6_291_456_000, 'compute'],
      [192_453, 3_145_728_000, 'compute'],
    ]);
    assert.equal(used(gpus[2]), null);
  });

  for (const [what, code] of [
    ['is lost', 15],
    ['gives an unknown error', 999],
  ] as const) {
    it(`go on when the third ${what}`, () => {
      bench.play(changeGpu(scenario, 2, `error * ${code}`));
      assert.deepEqual(
        bench.sample().gpus.map(({ status, temp }) => [status, temp]),
        [
          ['ok', 80],
          ['ok', 36],
          ['lost', null],
        ],
      );
    });
  }
});
