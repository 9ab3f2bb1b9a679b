import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { changeGpu, type NvmlVariant, readScenario } from '../../support/nvml';
import { type Bench, createBench } from './bench';

describe('processes on a GPU', () => {
  let bench: Bench | undefined;
  const rtx3050 = readScenario('rtx3050');
  // Above the highest process id that Linux gives out: no process of this machine has one of these.
  const pid = (i: number) => 5_000_000 + i;

  function processesOf(scenario: string, variant?: NvmlVariant) {
    bench = createBench(scenario, variant);
    return bench.sample().gpus[0]?.processes;
  }
  afterEach(() => bench?.close());

  it('lists 300 of them, each once', () => {
    const lines = Array.from(
      { length: 300 },
      (_, i) => `process compute ${pid(i)} ${(i + 1) * 1024} /opt/worker --id ${i}`,
    );
    const processes = processesOf(changeGpu(rtx3050, 0, ...lines));
    assert.equal(processes?.length, 302);
    assert.equal(new Set(processes?.map((process) => process.pid)).size, 302);
    assert.deepEqual(
      processes?.filter((process) => process.pid === pid(299)),
      [{ pid: pid(299), name: 'worker', vram_used: 300 * 1024, kind: 'compute' }],
    );
  });

  const drivers: [driver: string, variant: NvmlVariant, structBytes: number][] = [
    ['415.27', 'old', 16],
    ['535.98', 'without_v3', 24],
    ['535.86.05', 'current', 32],
    ['535.43.02', 'current', 32],
    ['535.104.05', 'current', 24],
    ['580.65.06', 'current', 24],
  ];
  for (const [driver, variant, structBytes] of drivers) {
    it(`reads the ${structBytes}-byte struct of driver ${driver}`, () => {
      const more = [
        `driver ${driver}`,
        `process compute ${pid(1)} 3000 /bin/a`,
        `process compute ${pid(2)} 2000 /bin/b`,
      ];
      const processes = processesOf(changeGpu(rtx3050, 0, ...more), variant);
      assert.deepEqual(
        processes?.map(({ name, vram_used }) => [name, vram_used]),
        [
          ['python3', 524_288_000],
          ['Xorg', 209_715_200],
          ['a', 3000],
          ['b', 2000],
        ],
      );
    });
  }

  it('counts a process that computes and draws once', () => {
    const both = [`process compute ${pid(1)} 700000000 game`, `process graphics ${pid(1)} 700000000 game`];
    const [first] = processesOf(changeGpu(rtx3050, 0, ...both)) ?? [];
    assert.deepEqual(first, { pid: pid(1), name: 'game', vram_used: 700_000_000, kind: 'both' });
  });

  const names: [given: string, name: string | null][] = [
    ['/usr/bin/python3 /home/ada/train.py --lr 1', 'python3'],
    ['C:\\Program Files\\Games\\game one.exe', 'game one.exe'],
    ['llama-server', 'llama-server'],
    ['/opt/模型/推理', '推理'],
    ['', null],
  ];
  for (const [given, name] of names) {
    it(`names the process of "${given}"`, () => {
      const processes = processesOf(changeGpu(rtx3050, 0, `process compute ${pid(1)} 1 ${given}`));
      assert.equal(processes?.find((process) => process.pid === pid(1))?.name, name);
    });
  }

  it('asks the kernel where the driver knows no name', () => {
    const processes = processesOf(changeGpu(rtx3050, 0, `process compute ${process.pid} 1`));
    const own = processes?.find(({ pid }) => pid === process.pid);
    assert.equal(own?.name, readFileSync('/proc/self/comm', 'utf8').trim());
  });

  it('knows no memory where the driver does not tell', () => {
    const processes = processesOf(changeGpu(rtx3050, 0, `process compute ${pid(1)} - worker`));
    assert.deepEqual(processes?.at(-1), { pid: pid(1), name: 'worker', vram_used: null, kind: 'compute' });
  });

  it('forgets the name of a process that ended', () => {
    processesOf(changeGpu(rtx3050, 0, `process compute ${pid(1)} 1 first`));
    bench?.play(rtx3050);
    bench?.sample();
    bench?.play(changeGpu(rtx3050, 0, `process compute ${pid(1)} 1 second`));
    assert.equal(bench?.sample().gpus[0]?.processes?.at(-1)?.name, 'second');
  });

  it('lists one kind where the other is refused, and nothing where both are', () => {
    const compute = 'error ComputeRunningProcesses 3';
    const graphics = 'error GraphicsRunningProcesses 4';
    const [only] = processesOf(changeGpu(rtx3050, 0, compute)) ?? [];
    assert.equal(only?.name, 'Xorg');
    bench?.play(changeGpu(rtx3050, 0, compute, graphics));
    assert.equal(bench?.sample().gpus[0]?.processes, null);
  });
});
