/** State documents for tests: one node with the GPUs and instances that a test names, everything else plausible. */
import type {
  CompletionMeasures,
  Gpu,
  Instance,
  Node,
  NodeDocument,
  NodeProfile,
  Preview,
  State,
} from '#protocol';

export const gib = 1024 ** 3;

/** An RTX 3050 of 8 GiB with 3 GiB in use. */
export function sampleGpu(changes: Partial<Gpu> = {}): Gpu {
  return {
    index: 0,
    uuid: 'GPU-9d3f5a1e-0000-4000-8000-000000000001',
    name: 'NVIDIA GeForce RTX 3050',
    vendor: 'nvidia',
    source: 'nvml',
    status: 'ok',
    pci_bus_id: '00000000:01:00.0',
    vram_total: 8 * gib,
    vram_free: 5 * gib,
    vram_used: 3 * gib,
    vram_reserved: null,
    temp: 62,
    temp_slowdown: 90,
    temp_shutdown: 95,
    power_watts: 84.4,
    power_limit_watts: 130,
    gpu_usage: 37,
    memory_usage: 12,
    fan_percent: 41,
    performance_state: 2,
    throttle_reasons: [],
    clock_graphics_mhz: 1777,
    clock_sm_mhz: 1777,
    clock_memory_mhz: 7001,
    clock_video_mhz: 1560,
    clock_memory_max_mhz: 7001,
    memory_bus_width_bits: 128,
    pcie_generation: 4,
    pcie_generation_max: 4,
    pcie_width: 8,
    pcie_width_max: 8,
    pcie_rx_bytes_per_second: 1024,
    pcie_tx_bytes_per_second: 2048,
    compute_capability: '8.6',
    ecc_enabled: null,
    ecc_corrected: null,
    ecc_uncorrected: null,
    mig_enabled: null,
    processes: [],
    ...changes,
  };
}

/** A GPU that fell off the bus: its name is remembered, its readings are gone. */
export function lostGpu(changes: Partial<Gpu> = {}): Gpu {
  const known = sampleGpu(changes);
  const gone = Object.fromEntries(
    Object.entries(known).map(([key, value]) => [key, typeof value === 'number' ? null : value]),
  );
  return { ...known, ...gone, index: known.index, processes: null, throttle_reasons: null, status: 'lost' };
}

export function sampleInstance(changes: Partial<Instance> = {}): Instance {
  return {
    id: 'instance-1',
    node_id: 'node-a',
    model: {
      id: 'vramesh-tiny',
      name: 'vramesh-tiny',
      path: '/models/vramesh-tiny.gguf',
      size_bytes: 14_000_000,
      embedded: true,
    },
    placed_by: 'default',
    role: 'completion',
    state: 'ready',
    progress: 1,
    error: null,
    note: null,
    engine_deaths: 0,
    engine_pid: 4711,
    placement: null,
    shards: [],
    memory: [],
    backend: 'cuda',
    devices: ['NVIDIA GeForce RTX 3050'],
    layers: 9,
    layers_on_gpu: 9,
    context_size: 4096,
    batch_size: 512,
    sequences: 2,
    threads: 1,
    fim: null,
    chat_template: false,
    tool_format: null,
    tokens_per_second: 151.2,
    prefill_tokens_per_second: null,
    ...changes,
  };
}

export function samplePreview(changes: Partial<Preview> = {}): Preview {
  return {
    id: 'gpu:GPU-9d3f5a1e-0000-4000-8000-000000000001',
    model_id: 'vramesh-tiny',
    kind: 'gpu',
    sharding: 'Pipeline',
    nodes: ['node-a'],
    shares: [],
    layers: 9,
    layers_on_gpu: 9,
    context_size: 4096,
    sequences: 4,
    kv_cache_type: 'f16',
    decode_tokens_per_second: 150,
    prefill_tokens_per_second: null,
    speed_source: 'predicted',
    transfer_seconds: null,
    error: null,
    ...changes,
  };
}

export function sampleNode(gpus: Gpu[], changes: Partial<NodeProfile> = {}): Node {
  const sum = (values: (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  return {
    node_id: 'node-a',
    name: 'workstation',
    version: '0.1.0',
    status: 'this',
    requests: 0,
    addresses: [],
    lent: [],
    leased: [],
    node_profile: {
      memory: {
        ram_total: 32 * gib,
        ram_available: 20 * gib,
        swap_total: 8 * gib,
        swap_available: 8 * gib,
        gpu_vram_total: sum(gpus.map((gpu) => gpu.vram_total)),
        gpu_vram_available: sum(gpus.map((gpu) => gpu.vram_free)),
        gpu_vram_used: sum(gpus.map((gpu) => gpu.vram_used)),
      },
      system: {
        gpu_count: gpus.length,
        gpu_names: gpus.map((gpu) => gpu.name),
        gpu_usage: gpus[0]?.gpu_usage ?? null,
        temp: gpus[0]?.temp ?? null,
        gpu_power_watts: sum(gpus.map((gpu) => gpu.power_watts)),
        cpu_usage: 12.5,
      },
      gpus,
      driver_version: gpus.length === 0 ? null : '535.154.05',
      cuda_version: gpus.length === 0 ? null : '12.2',
      gpu_problem: gpus.length === 0 ? 'The NVIDIA library is not installed on this machine.' : null,
      sampled_at: 1_760_000_000_000,
      ...changes,
    },
  };
}

export function sampleState(
  nodes: Node[],
  instances: Instance[] = [],
  completing: string | null = null,
): State {
  const completions = sampleMeasures();
  return { topology: { nodes, connections: [] }, instances, completing, completions, downloads: [] };
}

export function sampleMeasures(changes: Partial<CompletionMeasures> = {}): CompletionMeasures {
  return {
    requests: 0,
    answered: { screen: 0, cache: 0, flight: 0, engine: 0 },
    shown: 0,
    accepted: 0,
    first_token_ms: null,
    total_ms: null,
    tokens: { reused: 0, evaluated: 0, generated: 0, wasted: 0 },
    slow: false,
    ...changes,
  };
}

/** What a machine without a GPU that does nothing says of itself to others. */
export function sampleDocument(changes: Partial<NodeDocument> = {}): NodeDocument {
  return {
    profile: sampleNode([]).node_profile,
    instances: [],
    downloads: [],
    models: [],
    addresses: [],
    lent: [],
    leased: [],
    native_build: null,
    requests: 0,
    ...changes,
  };
}
