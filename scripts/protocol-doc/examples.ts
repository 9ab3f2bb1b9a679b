/** Examples for the document. The tests hold them against the schemas. */
import type {
  Download,
  FromEngine,
  Gpu,
  InitializationOptions,
  Instance,
  Member,
  Peer,
  Preview,
  State,
  ToEngine,
} from '#protocol';

const gib = 1024 ** 3;

const gpu: Gpu = {
  index: 0,
  uuid: 'GPU-8f3c1a52-0b7e-4c55-9d0e-3050b0a80001',
  name: 'NVIDIA GeForce RTX 3050',
  vendor: 'nvidia',
  source: 'nvml',
  status: 'ok',
  pci_bus_id: '0000:01:00.0',
  vram_total: 8 * gib,
  vram_free: 7 * gib,
  vram_used: gib,
  vram_reserved: null,
  temp: 47,
  temp_slowdown: 95,
  temp_shutdown: 98,
  power_watts: 21.43,
  power_limit_watts: 130,
  gpu_usage: 37,
  memory_usage: 12,
  fan_percent: 34,
  performance_state: 2,
  throttle_reasons: [],
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
  pcie_rx_bytes_per_second: 25_600_000,
  pcie_tx_bytes_per_second: 1_024_000,
  compute_capability: '8.6',
  ecc_enabled: null,
  ecc_corrected: null,
  ecc_uncorrected: null,
  mig_enabled: null,
  processes: [{ pid: 4242, name: 'python3', vram_used: 500 * 1024 ** 2, kind: 'compute' }],
};

const preview: Preview = {
  id: 'gpu:GPU-8f3c1a52-0b7e-4c55-9d0e-3050b0a80001',
  model_id: 'vramesh-tiny',
  kind: 'gpu',
  sharding: 'Pipeline',
  nodes: ['b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c'],
  shares: [
    {
      node_id: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
      node_name: 'workstation',
      device_id: 'GPU-8f3c1a52-0b7e-4c55-9d0e-3050b0a80001',
      device_name: 'NVIDIA GeForce RTX 3050',
      gpu_index: 0,
      first_layer: 0,
      layers: 6,
      weights_bytes: 2_515_200,
      kv_cache_bytes: 10_485_760,
      compute_bytes: 6_063_088,
      overhead_bytes: 482_344_720,
      total_bytes: 501_408_768,
      free_bytes: 7 * gib,
      capacity_bytes: 8 * gib,
    },
  ],
  layers: 6,
  layers_on_gpu: 6,
  context_size: 1024,
  sequences: 4,
  kv_cache_type: 'f16',
  decode_tokens_per_second: 950,
  prefill_tokens_per_second: 9000,
  speed_source: 'measured',
  error: null,
};

const download: Download = {
  id: 'hf:Qwen/Qwen2.5-Coder-1.5B-GGUF/qwen2.5-coder-1.5b-q8_0.gguf',
  node_id: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  source: 'qwen2.5-coder-1.5b:q8_0',
  name: 'qwen2.5-coder-1.5b-q8_0.gguf',
  state: 'downloading',
  bytes: 420_000_000,
  total_bytes: 1_646_572_928,
  bytes_per_second: 41_000_000,
  seconds_left: 30,
  error: null,
  model_id: null,
};

const instance: Instance = {
  id: 'vramesh-tiny-1',
  node_id: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  model: {
    id: 'vramesh-tiny',
    name: 'vramesh-tiny',
    path: '/home/ada/.vscode/extensions/vramesh/media/models/tiny-ts-fim-q8_0.gguf',
    size_bytes: 2_577_728,
    embedded: true,
  },
  placed_by: 'default',
  role: 'completion',
  state: 'ready',
  progress: null,
  error: null,
  note: null,
  engine_deaths: 0,
  engine_pid: 4243,
  placement: preview,
  memory: [
    {
      device_id: 'GPU-8f3c1a52-0b7e-4c55-9d0e-3050b0a80001',
      predicted_bytes: 501_408_768,
      buffers_bytes: 19_042_760,
      driver_bytes: 498_073_600,
    },
  ],
  backend: 'cuda',
  devices: ['NVIDIA GeForce RTX 3050'],
  layers: 6,
  layers_on_gpu: 6,
  context_size: 1024,
  batch_size: 1024,
  sequences: 4,
  threads: 1,
  fim: { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: null },
  tokens_per_second: 912.5,
  prefill_tokens_per_second: 8400,
};

const state: State = {
  topology: {
    nodes: [
      {
        node_id: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
        name: 'workstation',
        version: '0.1.0',
        status: 'this',
        requests: 0,
        node_profile: {
          memory: {
            ram_total: 32 * gib,
            ram_available: 20 * gib,
            swap_total: 8 * gib,
            swap_available: 8 * gib,
            gpu_vram_total: 8 * gib,
            gpu_vram_available: 7 * gib,
            gpu_vram_used: gib,
          },
          system: {
            gpu_count: 1,
            gpu_names: ['NVIDIA GeForce RTX 3050'],
            gpu_usage: 37,
            temp: 47,
            gpu_power_watts: 21.43,
            cpu_usage: 12.5,
          },
          gpus: [gpu],
          driver_version: '535.104.05',
          cuda_version: '12.2',
          gpu_problem: null,
          sampled_at: 1_793_000_000_000,
        },
      },
    ],
    connections: [],
  },
  instances: [instance],
  downloads: [],
};

const initializationOptions: InitializationOptions = {
  client: 'vscode',
  settings: {
    completions: { enabled: true, disabledLanguages: ['markdown'], debounce: 75, maxTokens: 128 },
    instances: { idleMinutes: 30 },
    cluster: { peers: [] },
  },
};

const member: Member = {
  node_id: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  tag: '3f1c9a0e77d24b5c8a6e90d2417bb0aa',
  name: 'workstation',
  added_by: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  added_at: 1_793_000_000_000,
  removed: null,
};

const peer: Peer = {
  node_id: member.node_id,
  name: member.name,
  status: 'online',
  version: '0.1.0',
  addresses: ['192.168.1.5:52414'],
  round_trip_ms: 0.4,
  bytes_per_second: 118_000_000,
  added_by: member.added_by,
  added_at: member.added_at,
  problem: null,
};

/** By the title of the schema. */
export const schemaExamples: Readonly<Record<string, unknown>> = {
  InitializationOptions: initializationOptions,
  State: state,
  ApiError: {
    error: { message: 'There is nothing at /nothing. GET /openapi.json lists what there is.' },
  },
};

interface MessageExample {
  readonly params: unknown;
  readonly result?: unknown;
}

/** By method. */
export const messageExamples: Readonly<Record<string, MessageExample>> = {
  'vramesh/state': { params: state },
  'vramesh/looking': { params: { looking: true } },
  'vramesh/getState': { params: {}, result: state },
  'vramesh/models': {
    params: {},
    result: {
      models: [
        {
          model: instance.model,
          facts: {
            architecture: 'llama',
            layers: 6,
            context_size: 1024,
            embedding_size: 192,
            parameters: 2_400_000,
            active_share: 1,
            quantization: 'Q8_0',
            fim: instance.fim,
            chat_template: false,
          },
          problem: null,
          fit: 'gpu',
          instances: [instance.id],
          deletable: false,
        },
      ],
      catalogue: [],
    },
  },
  'vramesh/previews': { params: { model_id: 'vramesh-tiny' }, result: { previews: [preview] } },
  'vramesh/place': {
    params: {
      model_id: '/home/ada/models/coder-3b-q4_k_m.gguf',
      preview_id: preview.id,
      context_size: 4096,
      workDoneToken: 1,
    },
    result: { instance },
  },
  'vramesh/download': { params: { source: 'qwen2.5-coder-1.5b:q8_0' }, result: { download } },
  'vramesh/cancelDownload': { params: { download_id: download.id }, result: {} },
  'vramesh/deleteModel': { params: { model_id: 'coder-3b-q4_k_m' }, result: {} },
  'vramesh/unplace': { params: { instance_id: instance.id }, result: {} },
  'vramesh/diagnose': {
    params: {},
    result: {
      checks: [
        {
          name: 'CUDA',
          status: 'warning',
          detail: 'libcudart.so.12 is not installed.',
          advice: 'Install the CUDA 12 runtime; until then Vulkan is used.',
        },
      ],
    },
  },
  'vramesh/invite': {
    params: {},
    result: { line: 'vramesh:eyJhIjpbIjE5Mi4xNjguMS41OjUyNDE0Il0sImYiOiI…', expires_at: 1_793_000_600_000 },
  },
  'vramesh/join': {
    params: { line: 'vramesh:eyJhIjpbIjE5Mi4xNjguMS41OjUyNDE0Il0sImYiOiI…' },
    result: { inviter: 'workstation', peers: [peer] },
  },
  'vramesh/peers': { params: {}, result: { peers: [peer] } },
  'vramesh/removePeer': { params: { node_id: 'laptop' }, result: { removed: 'laptop', told: 2 } },
  'vramesh/leave': { params: {}, result: {} },
  'vramesh/stop': { params: {}, result: {} },
  'node/update': { params: { version: 7, sections: { requests: 1, downloads: [download] } } },
  'node/roster': { params: { members: [member] } },
  'node/ping': { params: {}, result: {} },
  'node/probe': { params: { padding: '…' }, result: {} },
  'node/goodbye': { params: {} },
  'node/unplace': { params: { instance_id: instance.id }, result: {} },
  'completion/generate': {
    params: {
      instance_id: instance.id,
      prompt: [{ kind: 'text', text: 'const total = ', max_tokens: 768, keep: 'end' }],
      max_tokens: 64,
      temperature: 0,
      affinity: 'file:///sum.ts',
    },
    result: {
      reason: 'end',
      stats: {
        prompt_tokens: 4,
        reused_tokens: 0,
        evaluated_tokens: 4,
        generated_tokens: 3,
        first_token_ms: 6.2,
        total_ms: 9.8,
        prefill_tokens_per_second: null,
        tokens_per_second: 555.5,
      },
    },
  },
  'completion/text': { params: { text: 'sum(' } },
};

/** A short life of an engine, as its channel sees it. */
export const engineExample: readonly (ToEngine | FromEngine)[] = [
  {
    type: 'load',
    model_path: instance.model.path,
    backend: 'cuda',
    gpu_layers: 6,
    kv_cache_type: 'f16',
    context_size: 4096,
    sequences: 4,
  },
  { type: 'progress', fraction: 0.5 },
  {
    type: 'loaded',
    model: {
      architecture: 'llama',
      devices: ['NVIDIA GeForce RTX 3050'],
      layers: 6,
      layers_on_gpu: 6,
      context_size: 1024,
      trained_context_size: 1024,
      batch_size: 1024,
      sequences: 4,
      threads: 1,
      fim: { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: null },
      buffers: [{ device: 'CUDA0', kind: 'weights', bytes: 2_515_200 }],
    },
  },
  {
    type: 'generate',
    id: 1,
    prompt: [
      { kind: 'special', token: '<|fim_suffix|>' },
      { kind: 'text', text: '  total += arr[i];\n}\n', max_tokens: 252, keep: 'start' },
      { kind: 'special', token: '<|fim_prefix|>' },
      { kind: 'text', text: 'for (let i = 0; i < arr.', max_tokens: 768, keep: 'end' },
    ],
    max_tokens: 128,
    temperature: 0,
    affinity: 'file:///sum.ts',
  },
  { type: 'token', id: 1, text: 'length; ' },
  { type: 'token', id: 1, text: 'i++) {' },
  { type: 'abort', id: 1 },
  {
    type: 'done',
    id: 1,
    reason: 'aborted',
    stats: {
      prompt_tokens: 31,
      reused_tokens: 0,
      evaluated_tokens: 31,
      generated_tokens: 6,
      first_token_ms: 9.4,
      total_ms: 16.1,
      prefill_tokens_per_second: null,
      tokens_per_second: 746.3,
    },
  },
];
