/** One example a message, checked against its schemas by a test. */
import type { Member, Peer } from '#protocol';
import { download, instance, preview, state } from './examples';

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

const sharedModel = { name: 'coder', size_bytes: 2_900_000, file: 'coder.gguf' };
const facts = {
  architecture: 'llama',
  layers: 6,
  context_size: 1024,
  embedding_size: 192,
  parameters: 2_400_000,
  active_share: 1,
  quantization: 'Q8_0',
  fim: instance.fim,
  chat_template: false,
};
const need = {
  context_size: 4096,
  sequences: 4,
  kv_cache_type: 'f16',
  block_weights: [400_000, 400_000],
  block_kv: [3_145_728, 3_145_728],
  output_weights: 800_000,
  input_weights: 800_000,
  compute: {
    gpu_whole: 9_000_000,
    gpu_partial: 12_000_000,
    gpu_several: 11_000_000,
    cpu: 9_000_000,
    beside_gpu: 1_000_000,
  },
  simulated: true,
};
const deviceOffer = {
  id: 'GPU-4f6e3c1a-9a3b-4d5e-8f70-123456789abc',
  name: 'NVIDIA GeForce RTX 3050',
  kind: 'gpu',
  index: 0,
  capacity_bytes: 8_589_934_592,
  free_bytes: 7_516_192_768,
  overhead_bytes: 482_344_960,
  bandwidth: 224_000_000_000,
  obstacle: null,
};

interface MessageExample {
  readonly params: unknown;
  readonly result?: unknown;
}

/** By method. */
export const messageExamples: Readonly<Record<string, MessageExample>> = {
  'vramesh/state': { params: state },
  'vramesh/looking': { params: { looking: true } },
  'vramesh/visited': { params: { uri: 'file:///project/sum.ts', line: 41, how: 'visited' } },
  'vramesh/definitions': {
    params: { uri: 'file:///project/main.ts', positions: [{ line: 12, character: 18 }] },
    result: {
      definitions: [
        {
          uri: 'file:///project/sum.ts',
          line: 3,
          text: 'export function sum(values: number[]): number {\n  return values.reduce((a, b) => a + b, 0);\n}\n',
        },
      ],
    },
  },
  'vramesh/getState': { params: {}, result: state },
  'vramesh/models': {
    params: {},
    result: {
      models: [
        {
          model: instance.model,
          facts,
          problem: null,
          fit: 'gpu',
          instances: [instance.id],
          deletable: false,
        },
      ],
      elsewhere: [{ name: 'qwen2.5-coder-7b', size_bytes: 4_683_073_536, machines: ['workstation'] }],
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
  'vramesh/installRuntime': {
    params: { workDoneToken: 'runtime' },
    result: { installed: ['llama.cpp for CUDA (@node-llama-cpp/linux-x64-cuda 3.22.1)', 'cublas 13.2.1.1'] },
  },
  'vramesh/removeRuntime': { params: {}, result: { removed: true } },
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
  'vramesh/explain': {
    params: { textDocument: { uri: 'file:///home/ada/cart/sum.ts' }, position: { line: 3, character: 24 } },
    result: {
      explanation: {
        model: 'vramesh-tiny',
        prompt: '<|fim_suffix|>\n}\n<|fim_prefix|>for (let i = 0; i < arr.',
        context: [{ path: 'src/money.ts', line: 0, lines: 15, origin: 'edited' }],
        extent: 'line',
        written: 'length; i++) {',
        stopped: 'line',
        cost: {
          prompt_tokens: 18,
          reused_tokens: 17,
          evaluated_tokens: 1,
          generated_tokens: 6,
          queue_ms: 0.2,
          first_token_ms: 2.1,
          total_ms: 9.8,
          prefill_tokens_per_second: null,
          tokens_per_second: 810,
        },
        filters: [],
        offered: 'length; i++) {',
        reason: null,
      },
    },
  },
  'vramesh/whyNoCompletion': {
    params: { textDocument: { uri: 'file:///home/ada/cart/sum.ts' }, position: { line: 3, character: 24 } },
    result: { outcome: 'none', reason: 'the model had nothing useful to say here a moment ago' },
  },
  'vramesh/chat': {
    params: {
      model: 'qwen2.5-coder-7b-instruct',
      messages: [
        { role: 'system', content: 'Answer in one sentence.' },
        { role: 'user', content: 'What does sum.ts do?' },
      ],
      max_tokens: 1024,
      partialResultToken: 'chat-1',
    },
    result: {
      text: '',
      reason: 'end',
      stats: {
        prompt_tokens: 31,
        reused_tokens: 12,
        evaluated_tokens: 19,
        generated_tokens: 14,
        queue_ms: 0.3,
        first_token_ms: 48.2,
        total_ms: 402.5,
        prefill_tokens_per_second: null,
        tokens_per_second: 36.7,
      },
    },
  },
  'vramesh/countTokens': {
    params: { model: 'qwen2.5-coder-7b-instruct', text: 'What does sum.ts do?' },
    result: { tokens: 7 },
  },
  'vramesh/stop': { params: {}, result: {} },
  'node/update': { params: { version: 7, sections: { requests: 1, downloads: [download] } } },
  'node/roster': { params: { members: [member] } },
  'node/ping': { params: {}, result: {} },
  'node/probe': { params: { padding: '…' }, result: {} },
  'node/goodbye': { params: {} },
  'node/study': {
    params: { model: sharedModel, context_size: 4096, sequences: 4, kv_cache_type: 'f16' },
    result: { facts, need },
  },
  'node/previews': {
    params: { model: sharedModel, wishes: {}, facts, need },
    result: { previews: [preview], devices: [deviceOffer] },
  },
  'node/place': {
    params: {
      model: sharedModel,
      holders: [member.node_id],
      wishes: {},
      preview_id: preview.id,
      keep_failure: true,
    },
    result: { instance },
  },
  'node/wake': { params: { instance_id: instance.id }, result: {} },
  'node/unplace': { params: { instance_id: instance.id }, result: {} },
  'node/tokenize': {
    params: { instance_id: instance.id, text: 'sum(a)', parse_special: true, add_special: false },
    result: { tokens: [412, 9, 61, 10] },
  },
  'node/detokenize': {
    params: { instance_id: instance.id, tokens: [412, 9, 61, 10] },
    result: { text: 'sum(a)' },
  },
  'node/giveBack': { params: { id: '0b1f7d9e-3c4a-4a55-8f51-2c7d1f0e9a42' }, result: {} },
  'completion/generate': {
    params: {
      instance_id: instance.id,
      prompt: [{ kind: 'text', text: 'const total = ', max_tokens: 768, keep: 'end' }],
      max_tokens: 64,
      temperature: 0,
      seed: 0,
      priority: 'user',
      affinity: 'file:///sum.ts',
    },
    result: {
      reason: 'end',
      stopped_by: null,
      stats: {
        prompt_tokens: 4,
        reused_tokens: 0,
        evaluated_tokens: 4,
        generated_tokens: 3,
        queue_ms: 0.2,
        first_token_ms: 6.2,
        total_ms: 9.8,
        prefill_tokens_per_second: null,
        tokens_per_second: 555.5,
      },
    },
  },
  'completion/text': { params: { text: 'sum(' } },
};
