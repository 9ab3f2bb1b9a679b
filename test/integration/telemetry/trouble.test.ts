import assert from 'node:assert/strict';
import type { Gpu } from '#protocol';
import { createSampler } from '../../../server/src/telemetry/sampler';
import { changeGpu, readScenario } from '../../support/nvml';
import { createTree, nvidiaOnBus } from '../../support/tree';
import { type Bench, createBench } from './bench';

describe('GPU trouble', () => {
  let bench: Bench | undefined;
  function play(...args: Parameters<typeof createBench>): Bench {
    bench = createBench(...args);
    return bench;
  }
  afterEach(() => {
    bench?.close();
    bench = undefined;
  });
  const eight = readScenario('eight-mixed');
  const statuses = (gpus: Gpu[]) => gpus.map((gpu) => gpu.status);
  const withThird = (status: Gpu['status']): Gpu['status'][] =>
    Array.from({ length: 8 }, (_, i) => (i === 2 ? status : 'ok'));

  describe('a lost GPU', () => {
    for (const code of [15, 16]) {
      it(`is marked lost by code ${code}, keeps who it is, reads nothing, and leaves the others alone`, () => {
        const bench = play(eight);
        bench.sample();
        bench.play(changeGpu(eight, 2, `error * ${code}`));
        const { gpus, memory, gpu_problem } = bench.sample();
        assert.deepEqual(statuses(gpus), withThird('lost'));
        const lost = gpus[2];
        assert.equal(lost?.name, 'NVIDIA GeForce RTX 4090');
        assert.equal(lost?.uuid, 'GPU-00000000-0000-4000-8000-000000000002');
        assert.equal(lost?.index, 2);
        assert.deepEqual(
          [lost?.vram_total, lost?.temp, lost?.gpu_usage, lost?.processes],
          [null, null, null, null],
        );
        assert.equal(gpus[3]?.temp, 41);
        assert.equal(
          memory.gpu_vram_total,
          (81559 + 40960 + 24576 + 15360 + 11264 + 12282 + 2048) * 1024 ** 2,
        );
        assert.equal(gpu_problem, null);
      });
    }

    it('is lost when it answers nothing but "unknown error"', () => {
      const bench = play(eight);
      bench.sample();
      bench.play(changeGpu(eight, 2, 'error * 999'));
      assert.deepEqual(statuses(bench.sample().gpus), withThird('lost'));
    });

    it('is not lost when one reading fails', () => {
      const { gpus } = play(changeGpu(eight, 2, 'error Temperature 999', 'error PowerUsage 4')).sample();
      assert.deepEqual(statuses(gpus), withThird('ok'));
      assert.deepEqual([gpus[2]?.temp, gpus[2]?.power_watts, gpus[2]?.gpu_usage], [null, null, 97]);
    });

    it('is found again when it comes back', () => {
      const bench = play(eight);
      bench.sample();
      bench.play(changeGpu(eight, 2, 'error * 15'));
      bench.sample();
      bench.play(eight);
      const { gpus } = bench.sample(5000);
      assert.deepEqual(statuses(gpus), withThird('ok'));
      assert.equal(gpus[2]?.temp, 66);
    });

    it('is found again when it needs NVML to be initialised anew', async () => {
      const scenario = `lost_until_init 1\n${eight}`;
      const bench = play(scenario);
      bench.sample();
      bench.play(changeGpu(scenario, 2, 'error * 15'));
      bench.sample();
      bench.play(scenario);
      assert.deepEqual(statuses(bench.sample(5000).gpus), withThird('lost'));
      bench.calls();
      const between = bench.sample(60_000).gpus;
      assert.deepEqual(statuses(between), withThird('lost'), 'the others are not lost meanwhile');
      await bench.calledUntil('nvmlShutdown');
      const back = await bench.sampleUntil(({ gpus }) => gpus[2]?.status === 'ok');
      assert.equal(back.gpus[2]?.uuid, 'GPU-00000000-0000-4000-8000-000000000002');
      assert.deepEqual(
        bench.sample().gpus.map((gpu) => gpu.index),
        [0, 1, 2, 3, 4, 5, 6, 7],
      );
    });

    it('is looked for less and less often when it stays away', async () => {
      const bench = play(eight);
      bench.sample();
      bench.play(changeGpu(eight, 2, 'error * 15'));
      bench.sample(10_000);
      for (const minutes of [0.5, 1, 2, 4, 8, 10, 10]) {
        bench.calls();
        bench.sample(minutes * 60_000 - 2000);
        assert.ok(!bench.calls().includes('nvmlInit_v2'), `before ${minutes} minutes`);
        bench.sample(2000);
        await bench.calledUntil('nvmlInit_v2');
        await bench.sampleUntil(() => bench.calls().includes('nvmlDeviceGetCount_v2'));
      }
      assert.deepEqual(statuses(bench.sample().gpus), withThird('lost'));
    });

    it('has a place in the list when it was lost before the start, and keeps it', () => {
      const bench = play(changeGpu(eight, 2, 'error * 15'));
      const { gpus } = bench.sample();
      assert.deepEqual(statuses(gpus), withThird('lost'));
      assert.equal(gpus[2]?.name, 'NVIDIA GPU');
      bench.play(eight);
      const later = bench.sample(5000).gpus;
      assert.deepEqual(statuses(later), withThird('ok'));
      assert.equal(later[2]?.name, 'NVIDIA GeForce RTX 4090');
    });

    it('is lost together with its driver, and back with it', async () => {
      const rtx3050 = readScenario('rtx3050');
      const bench = play(rtx3050);
      bench.sample();
      bench.play(changeGpu(`init 9\n${rtx3050}`, 0, 'error * 15'));
      assert.equal(bench.sample().gpus[0]?.status, 'lost');
      bench.sample(60_000);
      const { gpus, gpu_problem } = await bench.sampleUntil((profile) => profile.gpu_problem !== null);
      assert.equal(gpus[0]?.name, 'NVIDIA GeForce RTX 3050');
      assert.equal(gpus[0]?.status, 'lost');
      assert.match(gpu_problem ?? '', /not loaded/);
      bench.play(rtx3050);
      const after = bench.sample(60_000);
      assert.equal(after.gpus[0]?.status, 'ok');
      assert.equal(after.gpu_problem, null);
    });
  });

  describe('no driver', () => {
    const failures: [scenario: string, problem: RegExp][] = [
      ['driver-not-loaded', /not loaded \(NVML error 9\)/],
      ['driver-mismatch', /different versions \(NVML error 18\)/],
    ];
    for (const [scenario, problem] of failures) {
      it(`says why there is no GPU: ${scenario}`, () => {
        const { gpus, memory, system, gpu_problem, driver_version } = play(readScenario(scenario)).sample();
        assert.deepEqual(gpus, []);
        assert.equal(system.gpu_count, 0);
        assert.equal(memory.gpu_vram_total, null);
        assert.equal(driver_version, null);
        assert.match(gpu_problem ?? '', problem);
      });
    }

    it('finds a driver that is loaded later, and tries seldom', () => {
      const bench = play(readScenario('driver-not-loaded'));
      bench.sample();
      bench.sample(1000);
      bench.sample(1000);
      assert.deepEqual(bench.calls(), ['nvmlInit_v2']);
      bench.play(readScenario('rtx3050'));
      const { gpus, gpu_problem } = bench.sample(30_000);
      assert.equal(gpus[0]?.name, 'NVIDIA GeForce RTX 3050');
      assert.equal(gpu_problem, null);
    });

    it('says that the driver lists no GPU', () => {
      const { gpus, gpu_problem } = play('driver 535.104.05\n').sample();
      assert.deepEqual(gpus, []);
      assert.match(gpu_problem ?? '', /lists no GPU/);
    });

    it('leaves out a GPU that this user may not use', () => {
      const { system } = play(changeGpu(eight, 0, 'error HandleByIndex 4')).sample();
      assert.equal(system.gpu_count, 7);
      assert.equal(system.gpu_names[0], 'NVIDIA A100-SXM4-40GB');
    });

    const libraries: [what: string, library: string, problem: RegExp][] = [
      [
        'is not there',
        '/nowhere/libnvidia-ml.so.1',
        /names \/nowhere\/libnvidia-ml\.so\.1, which cannot be loaded/,
      ],
      ['is not a library', 'package.json', /names package\.json, which cannot be loaded/],
    ];
    for (const [what, library, problem] of libraries) {
      it(`says that the chosen library ${what}`, () => {
        const tree = createTree();
        const sampler = createSampler({ nvmlLibrary: library, root: tree.root });
        const { gpus, gpu_problem } = sampler.sample(0);
        sampler.close();
        tree.remove();
        assert.deepEqual(gpus, []);
        assert.match(gpu_problem ?? '', problem);
      });
    }

    it('does not look for a library in a machine whose bus has no NVIDIA GPU, and lists the other', () => {
      const amd = 'sys/class/drm/card0/device';
      const tree = createTree({
        'sys/bus/pci/devices/0000:03:00.0/vendor': '0x1002\n',
        'sys/bus/pci/devices/0000:03:00.0/class': '0x030000\n',
        [`${amd}/vendor`]: '0x1002\n',
        [`${amd}/mem_info_vram_total`]: '8589934592\n',
      });
      const sampler = createSampler({ nvmlLibrary: undefined, root: tree.root });
      const { system, memory, gpu_problem } = sampler.sample(0);
      sampler.close();
      tree.remove();
      assert.equal(gpu_problem, 'No NVIDIA GPU was found in this machine.');
      assert.deepEqual(system.gpu_names, ['AMD GPU']);
      assert.equal(memory.gpu_vram_total, 8_589_934_592);
    });
  });

  describe('a sleeping laptop GPU', () => {
    const busId = '0000:01:00.0';

    it('is listed but not woken: NVML is not even initialised', () => {
      const bench = play(readScenario('rtx3050'));
      bench.kernel(nvidiaOnBus(busId, 'suspended'));
      const { gpus, gpu_problem } = bench.sample();
      bench.sample(60_000);
      assert.deepEqual(bench.calls(), []);
      assert.deepEqual(
        gpus.map((gpu) => [gpu.status, gpu.pci_bus_id, gpu.vram_total]),
        [['asleep', busId, null]],
      );
      assert.equal(gpu_problem, null);
    });

    it('is read as soon as something else wakes it, and left alone when it sleeps again', () => {
      const bench = play(readScenario('rtx3050'));
      bench.kernel(nvidiaOnBus(busId, 'suspended'));
      bench.sample();
      bench.kernel(nvidiaOnBus(busId, 'active'));
      const awake = bench.sample().gpus;
      assert.deepEqual([awake.length, awake[0]?.status, awake[0]?.temp], [1, 'ok', 47]);

      bench.calls();
      bench.kernel(nvidiaOnBus(busId, 'suspended'));
      const [asleep] = bench.sample().gpus;
      bench.sample(60_000);
      assert.deepEqual(
        bench.calls().filter((name) => name !== 'nvmlDeviceGetPcieThroughput'),
        [],
        'only the round that was under way may end',
      );
      assert.deepEqual(
        [asleep?.status, asleep?.name, asleep?.temp],
        ['asleep', 'NVIDIA GeForce RTX 3050', null],
      );
    });

    describe('that is awake and idle', () => {
      const idle = changeGpu(readScenario('utf8-name'), 0, 'UtilizationRates 0 0', 'Temperature 40');
      const computing = changeGpu(idle, 0, 'process compute 5000001 1000 llama');
      function playFor10s(scenario: string, sleptMs: number): Bench {
        const bench = play(scenario);
        bench.kernel(nvidiaOnBus(busId, 'active', sleptMs));
        for (let second = 0; second <= 10; second++) bench.sample(1000);
        bench.play(changeGpu(scenario, 0, 'Temperature 77'));
        return bench;
      }

      it('is let go, so that it can fall asleep, with its last readings kept', async () => {
        const bench = playFor10s(idle, 9000);
        await bench.calledUntil('nvmlShutdown');
        assert.equal(bench.sample(1000).gpus[0]?.temp, 40);
        bench.kernel(nvidiaOnBus(busId, 'suspended', 9000));
        assert.equal(bench.sample(1000).gpus[0]?.status, 'asleep');
        bench.sample(60_000);
        assert.deepEqual(bench.calls(), []);
      });

      it('is let go beside one that was unplugged', async () => {
        const unplugged = changeGpu(
          idle.concat(idle.slice(idle.indexOf('gpu\n'))),
          1,
          'UUID GPU-away',
          'PciInfo 0 2 0',
        );
        const bench = play(unplugged);
        bench.kernel(nvidiaOnBus(busId, 'active', 9000));
        bench.sample();
        bench.play(changeGpu(unplugged, 1, 'error * 15'));
        for (let second = 0; second <= 10; second++) bench.sample(1000);
        await bench.calledUntil('nvmlShutdown');
      });

      it('is read for one who needs to know now', async () => {
        const bench = playFor10s(idle, 9000);
        await bench.calledUntil('nvmlShutdown');
        assert.equal(bench.sample(1000, true).gpus[0]?.temp, 77);
      });

      it('is watched again when something uses it', async () => {
        const bench = playFor10s(idle, 9000);
        await bench.calledUntil('nvmlShutdown');
        bench.play(computing);
        bench.sample(30_000);
        bench.play(changeGpu(computing, 0, 'Temperature 78'));
        const { gpus, driver_version } = bench.sample(1000);
        assert.deepEqual([gpus[0]?.status, gpus[0]?.temp, driver_version], ['ok', 78, '535.104.05']);
      });

      const watched: [what: string, scenario: string, sleptMs: number][] = [
        ['that never slept, as in a desktop', idle, 0],
        ['that computes', computing, 9000],
        ['that is busy', changeGpu(idle, 0, 'UtilizationRates 1 0'), 9000],
      ];
      for (const [what, scenario, sleptMs] of watched) {
        it(`but not one ${what}`, () => {
          assert.equal(playFor10s(scenario, sleptMs).sample(1000).gpus[0]?.temp, 77);
        });
      }
    });

    it('sleeps on beside one that is awake', () => {
      const bench = play(eight);
      bench.kernel({ ...nvidiaOnBus('0000:10:00.0', 'active'), ...nvidiaOnBus('0000:20:00.0', 'suspended') });
      const { gpus } = bench.sample();
      assert.deepEqual([gpus[0]?.status, gpus[1]?.status, gpus[2]?.status], ['ok', 'asleep', 'ok']);
      bench.kernel(nvidiaOnBus('0000:20:00.0', 'active'));
      assert.equal(bench.sample().gpus[1]?.name, 'NVIDIA A100-SXM4-40GB');
    });
  });
});
