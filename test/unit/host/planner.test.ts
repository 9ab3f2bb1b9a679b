import assert from 'node:assert/strict';
import type { Gpu, ModelRef, NodeProfile } from '#protocol';
import { wishesSchema } from '#protocol';
import { Leases } from '../../../server/src/instances';
import type { Inspection } from '../../../server/src/models';
import { createPlanner, type GpuBackend, type PlannerParts } from '../../../server/src/planner';
import type { SpeedFactors } from '../../../server/src/speeds';
import { noReadings, unknownGpu } from '../../../server/src/telemetry/nvml-readings';
import { cpu, FACTS, GiB, NEEDS, node } from '../placement/support';

const onCpu: GpuBackend = {
  name: 'cpu',
  dryRuns: { backendKey: 'cpu', onGpu: false },
  overheadBytes: 0,
  obstacle: () => null,
};
const chat = wishesSchema.parse({ role: 'chat' });
const inspection: Inspection = { facts: FACTS, need: NEEDS['7B']() };

const model = (name: string): ModelRef => ({
  id: name,
  name,
  path: `/models/${name}.gguf`,
  size_bytes: 1,
  embedded: false,
});

const nothing = { gpu_vram_total: null, gpu_vram_available: null, gpu_vram_used: null };
const idle = {
  gpu_count: 0,
  gpu_names: [],
  gpu_usage: null,
  temp: null,
  gpu_power_watts: null,
  cpu_usage: null,
};

function gpu(name: string, more: Partial<Gpu>): Gpu {
  const memory = { vram_total: 24 * GiB, vram_free: 20 * GiB };
  return {
    index: 0,
    ...unknownGpu,
    uuid: `GPU-${name}`,
    name,
    status: 'ok',
    ...noReadings,
    ...memory,
    ...more,
  };
}

function profile(freeGib: number, gpus: Gpu[]): NodeProfile {
  const ram = { ram_total: 64 * GiB, ram_available: freeGib * GiB, swap_total: 0, swap_available: 0 };
  return {
    memory: { ...ram, ...nothing },
    system: idle,
    gpus,
    driver_version: null,
    cuda_version: null,
    gpu_problem: null,
    sampled_at: 0,
  };
}

describe('host: the planner', () => {
  const learned = new Map<string, SpeedFactors>();
  /** Files that are being read, each until the test ends it. */
  const reading = new Map<string, () => void>();
  const known = new Set<string>();
  let names: string[];
  let samples: number;
  let leases: Leases;
  beforeEach(() => {
    learned.clear();
    reading.clear();
    known.clear();
    names = ['a'];
    samples = 0;
    leases = new Leases(() => 20 * GiB);
  });

  function planner(freeGib: number, gpus: Gpu[] = []) {
    const parts: PlannerParts = {
      node: { id: 'here', name: 'here' },
      models: {
        list: () => names.map(model),
        problem: () => null,
        isDeletable: () => true,
        known: ({ name }) => (known.has(name) ? inspection : null),
        async inspection({ name }) {
          if (!known.has(name)) await new Promise<void>((fulfil) => reading.set(name, fulfil));
          known.add(name);
          reading.delete(name);
          return inspection;
        },
      },
      telemetry: {
        sample() {
          samples += 1;
          return profile(freeGib, gpus);
        },
      },
      leases,
      speeds: { all: () => new Map(), learn: (id, factors) => void learned.set(id, factors) },
      gpuBackend: async () => onCpu,
      ramBandwidth: async () => 50e9,
      instancesOf: () => [],
    };
    return createPlanner(parts);
  }
  const turns = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((wake) => setImmediate(wake));
  };

  it('a run is measured against what was previewed then, whatever was previewed since', async () => {
    known.add('a');
    const { across, previews, listing, learn } = planner(4);
    const study = { modelId: 'a', path: model('a').path, ...inspection };
    const [split] = await across(study, chat, [node('there', [cpu(4, 8)], 1)], null);
    assert.deepEqual([split?.kind, split?.error], ['nodes', null]);
    await previews(model('a'), { ...chat, context_size: 1024 });
    await listing();
    assert.ok(split);
    learn(split, { decode: 2, prefill: 20 });
    const factors = learned.get(split.id);
    assert.ok((factors?.decode ?? 0) > 0 && (factors?.prefill ?? 0) > 0, JSON.stringify(factors));
  });

  const unusable: [what: string, reading: Partial<Gpu>, says: RegExp][] = [
    ['divided', { mig_enabled: true }, /A cannot be used: it is divided \(MIG\)/],
    ['asleep', { status: 'asleep', vram_free: null }, /A cannot be used: it is asleep/],
    ['silent', { vram_free: null }, /A cannot be used: it does not tell how much VRAM is free/],
  ];
  for (const [what, reading, says] of unusable)
    it(`a GPU that is ${what} is not used`, async () => {
      known.add('a');
      const all = await planner(32, [gpu('A', reading)]).previews(model('a'), chat);
      assert.deepEqual([all[0]?.id, all[0]?.error], ['cpu', null]);
      assert.match(all.find(({ id }) => id === 'gpu:GPU-A')?.error ?? '', says);
    });

  it('what is kept for a model that is away is not free, but an engine will take it for free', async () => {
    const of = async (path: string) => {
      const { devices } = await planner(32, [gpu('A', {})]).thisNode(path);
      return [devices[0]?.freeBytes, devices[0]?.driverFreeBytes].map((bytes) => (bytes ?? 0) / GiB);
    };
    const claim = { deviceId: 'GPU-A', deviceName: 'A', bytes: 6 * GiB, mappedBytes: 0 };
    const lease = leases.grant('/models/away.gguf', [claim]);
    assert.deepEqual(await of('/models/a.gguf'), [14, 14], 'it loads: the driver will know of it');
    lease.park();
    assert.deepEqual(await of('/models/a.gguf'), [14, 20]);
    assert.deepEqual(await of('/models/away.gguf'), [20, 20]);
  });

  it('a listing reads the devices once for all models', async () => {
    names = ['a', 'b', 'c', 'd'];
    for (const name of names) known.add(name);
    const listing = await planner(1).listing();
    assert.deepEqual(
      listing.map(({ facts, fit }) => [facts?.architecture, fit]),
      names.map(() => ['qwen2', 'none']),
    );
    assert.equal(samples, 1);
  });

  it('a listing reads one new file at a time, so who places a model does not wait for all', async () => {
    names = ['a', 'b', 'c'];
    const { listing, previews } = planner(32);
    const listed = listing();
    await turns();
    assert.deepEqual([...reading.keys()], ['a']);
    const placing = previews(model('c'), chat);
    await turns();
    assert.deepEqual([...reading.keys()], ['a', 'c']);
    reading.get('c')?.();
    assert.equal((await placing)[0]?.error, null);
    reading.get('a')?.();
    await turns();
    reading.get('b')?.();
    assert.deepEqual(
      (await listed).map(({ fit }) => fit),
      ['cpu', 'cpu', 'cpu'],
    );
  });
});
