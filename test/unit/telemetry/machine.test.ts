import assert from 'node:assert/strict';
import { createCpuMeter, readMemory } from '../../../server/src/telemetry/machine';
import { createTree, type Tree } from '../../support/tree';

describe('RAM, swap and CPU', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = createTree();
  });
  afterEach(() => tree.remove());

  it('takes what is available, not what is free, from the kernel', () => {
    tree.write({
      'proc/meminfo':
        'MemTotal:       32768000 kB\nMemFree:          102400 kB\nMemAvailable:   16384000 kB\n' +
        'SwapCached:         1024 kB\nSwapTotal:       2097152 kB\nSwapFree:        1048576 kB\nHugePages_Total:       0\n',
    });
    assert.deepEqual(readMemory(tree.root), {
      ram_total: 32_768_000 * 1024,
      ram_available: 16_384_000 * 1024,
      swap_total: 2 * 1024 ** 3,
      swap_available: 1024 ** 3,
    });
  });

  it('knows no swap where the system does not tell', () => {
    const memory = readMemory(tree.root);
    assert.ok(memory.ram_total > 0);
    assert.ok(memory.ram_available > 0);
    assert.equal(memory.swap_total, null);
    assert.equal(memory.swap_available, null);
  });

  // user nice system idle iowait irq softirq steal guest guest_nice
  const spans: [what: string, later: string, usage: number][] = [
    ['nothing done', 'cpu  100 0 100 1800 0 0 0 0 0 0', 0],
    ['all of it done', 'cpu  600 100 400 800 0 0 0 0 0 0', 100],
    ['waiting for a disk is not work', 'cpu  350 0 100 1050 500 0 0 0 0 0', 25],
    ['a guest is counted in user already', 'cpu  350 0 100 1550 0 0 0 0 250 0', 25],
  ];
  for (const [what, later, usage] of spans) {
    it(`measures the CPU between two samples: ${what}`, () => {
      const meter = createCpuMeter(tree.root);
      tree.write({ 'proc/stat': 'cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2 3 4\n' });
      assert.equal(meter(0), null);
      tree.write({ 'proc/stat': `${later}\n` });
      assert.equal(meter(1000), usage);
      assert.equal(meter(1001), usage, 'the last value, too soon for another');
    });
  }
});
