import assert from 'node:assert/strict';
import type { Gpu } from '#protocol';
import { changeGpu, readScenario } from '../../support/nvml';
import { type Bench, createBench } from './bench';

describe('GPU readings through NVML', () => {
  let bench: Bench | undefined;
  function play(...args: Parameters<typeof createBench>): Bench {
    bench = createBench(...args);
    return bench;
  }
  afterEach(() => bench?.close());

  const desktop: Omit<Gpu, 'pcie_rx_bytes_per_second' | 'pcie_tx_bytes_per_second'> = {
    index: 0,
    uuid: 'GPU-8f3c1a52-0b7e-4c55-9d0e-3050b0a80001',
    name: 'NVIDIA GeForce RTX 3050',
    vendor: 'nvidia',
    source: 'nvml',
    status: 'ok',
    pci_bus_id: '0000:01:00.0',
    vram_total: 8_589_934_592,
    vram_free: 7_516_192_768,
    vram_used: 1_073_741_824,
    vram_reserved: 0,
    temp: 47,
    temp_slowdown: 95,
    temp_shutdown: 98,
    power_watts: 21.43,
    power_limit_watts: 130,
    gpu_usage: 37,
    memory_usage: 12,
    fan_percent: 34,
    performance_state: 2,
    throttle_reasons: ['software power cap'],
    clock_graphics_mhz: 1552,
    clock_sm_mhz: 1552,
    clock_memory_mhz: 7000,
    clock_video_mhz: 1365,
    clock_memory_max_mhz: 7001,
    memory_bus_width_bits: 128,
    pcie_generation: 4,
    pcie_generation_max: 4,
    pcie_width: 8,
    pcie_width_max: 16,
    compute_capability: '8.6',
    ecc_enabled: null,
    ecc_corrected: null,
    ecc_uncorrected: null,
    mig_enabled: null,
    processes: [
      { pid: 4242, name: 'python3', vram_used: 524_288_000, kind: 'compute' },
      { pid: 1201, name: 'Xorg', vram_used: 209_715_200, kind: 'graphics' },
    ],
  };

  it('reads every field of a desktop GPU', async () => {
    const { gpus, memory, system, driver_version, cuda_version, gpu_problem } = play(
      readScenario('rtx3050'),
    ).sample();
    assert.deepEqual(gpus, [{ ...desktop, pcie_rx_bytes_per_second: null, pcie_tx_bytes_per_second: null }]);
    assert.equal(memory.gpu_vram_total, 8_589_934_592);
    assert.equal(memory.gpu_vram_available, 7_516_192_768);
    assert.equal(system.gpu_count, 1);
    assert.deepEqual(
      { driver_version, cuda_version, gpu_problem },
      { driver_version: '535.104.05', cuda_version: '12.2', gpu_problem: null },
    );
  });

  it('reads PCIe throughput aside, for a later sample', async () => {
    const bench = play(readScenario('rtx3050'));
    assert.equal(bench.sample().gpus[0]?.pcie_rx_bytes_per_second, null);
    const { gpus } = await bench.sampleUntil(({ gpus }) => gpus[0]?.pcie_rx_bytes_per_second !== null);
    assert.equal(gpus[0]?.pcie_rx_bytes_per_second, 25_000 * 1024);
    assert.equal(gpus[0]?.pcie_tx_bytes_per_second, 1000 * 1024);
  });

  it('follows the GPU while it changes', () => {
    const scenario = readScenario('rtx3050');
    const bench = play(scenario);
    bench.sample();
    bench.play(
      changeGpu(
        scenario,
        0,
        'MemoryInfo 8589934592 6442450944 0',
        'Temperature 88',
        'ClocksEventReasons 0x20',
      ),
    );
    const [gpu] = bench.sample().gpus;
    assert.equal(gpu?.vram_free, 2_147_483_648);
    assert.equal(gpu?.temp, 88);
    assert.deepEqual(gpu?.throttle_reasons, ['software thermal slowdown']);
  });

  it('reads eight GPUs of several generations', () => {
    const { gpus, memory, system } = play(readScenario('eight-mixed')).sample();
    assert.deepEqual(
      gpus.map((gpu) => [gpu.index, gpu.name, gpu.compute_capability, gpu.ecc_enabled, gpu.mig_enabled]),
      [
        [0, 'NVIDIA H100 80GB HBM3', '9.0', true, true],
        [1, 'NVIDIA A100-SXM4-40GB', '8.0', true, false],
        [2, 'NVIDIA GeForce RTX 4090', '8.9', false, null],
        [3, 'NVIDIA GeForce RTX 3090', '8.6', null, null],
        [4, 'Tesla T4', '7.5', true, null],
        [5, 'NVIDIA GeForce GTX 1080 Ti', '6.1', null, null],
        [6, 'NVIDIA RTX A2000 12GB', '8.6', false, null],
        [7, 'Quadro K620', '5.0', null, null],
      ],
    );
    assert.equal(gpus[4]?.ecc_corrected, 4);
    assert.equal(gpus[4]?.ecc_uncorrected, 0);
    assert.equal(gpus[7]?.power_watts, null, 'a K620 does not measure its power');
    assert.equal(gpus[0]?.fan_percent, null, 'an SXM module has no fan');
    assert.equal(gpus[0]?.vram_reserved, 664_797_184);
    assert.equal(
      memory.gpu_vram_total,
      (81559 + 40960 + 24564 + 24576 + 15360 + 11264 + 12282 + 2048) * 1024 ** 2,
    );
    assert.equal(system.temp, 87);
    assert.equal(system.gpu_power_watts, 863.1);
  });

  it('knows only name and memory of a GPU that supports no other call', () => {
    const [gpu] = play(readScenario('unsupported')).sample().gpus;
    assert.ok(gpu);
    const known = Object.entries(gpu).filter(([, value]) => value !== null);
    assert.deepEqual(Object.fromEntries(known), {
      index: 0,
      name: 'NVIDIA GRID K1',
      uuid: 'GPU-8f3c1a52-0b7e-4c55-9d0e-000000000000',
      vendor: 'nvidia',
      source: 'nvml',
      status: 'ok',
      vram_total: 4_294_967_296,
      vram_free: 4_026_531_840,
      vram_used: 268_435_456,
      vram_reserved: 0,
      processes: [],
    });
  });

  it('keeps a name in UTF-8', () => {
    const { system } = play(readScenario('utf8-name')).sample();
    assert.deepEqual(system.gpu_names, ['NVIDIA GeForce RTX 4060 – 影驰 «Édition»']);
  });

  it('takes rubbish from a driver for unknown', () => {
    const scenario = changeGpu(
      readScenario('rtx3050'),
      0,
      'UtilizationRates 4294967295 255',
      'Temperature 4294967295',
      'PerformanceState 32',
      'CurrPcieLinkGeneration 0',
      'MemoryBusWidth 0',
      'MemoryInfo 18446744073709551614 0 0',
      'Name \xff\xfe broken',
    );
    const [gpu] = play(Buffer.from(scenario, 'latin1')).sample().gpus;
    assert.ok(gpu);
    const { gpu_usage, memory_usage, temp, performance_state, pcie_generation, memory_bus_width_bits } = gpu;
    assert.deepEqual(
      { gpu_usage, memory_usage, temp, performance_state, pcie_generation, memory_bus_width_bits },
      {
        gpu_usage: null,
        memory_usage: null,
        temp: null,
        performance_state: null,
        pcie_generation: null,
        memory_bus_width_bits: null,
      },
    );
    assert.equal(gpu.vram_total, null);
    assert.equal(gpu.vram_used, 0);
    assert.equal(gpu.name, '\ufffd\ufffd broken');
    assert.equal(gpu.fan_percent, 34, 'the rest goes on');
  });

  it('reads memory in the first struct where the driver lacks the second', () => {
    const scenario = changeGpu(readScenario('rtx3050'), 0, 'MemoryInfo 8589934592 1073741824 268435456');
    const [gpu] = play(scenario, 'old').sample().gpus;
    assert.equal(gpu?.vram_total, 8_589_934_592);
    assert.equal(gpu?.vram_used, 1_073_741_824 + 268_435_456, 'that struct counts the reserve as used');
    assert.equal(gpu?.vram_reserved, null);
    assert.deepEqual(gpu?.throttle_reasons, ['software power cap'], 'by the older name of the call');
  });
});
