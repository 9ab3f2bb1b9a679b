/** What `vramesh status` says. */
import assert from 'node:assert/strict';
import type { State } from '#protocol';
import { statusTable } from '../../../server/src/cli/status-table';
import {
  gib,
  lostGpu,
  sampleGpu,
  sampleInstance,
  sampleNode,
  samplePreview,
  sampleState,
} from '../api/sample-state';
import { desktop, embeddingsShare, engine, ofDownload, ofGpus, sampleShard, sampleShare } from './samples';

const show = (state: State) => statusTable(state, { width: 80, color: false });
const mib = 1024 ** 2;

const somebodyElses = { pid: 88, name: null, vram_used: null, kind: 'compute' as const };

const nothingKnown = sampleGpu({
  vram_total: null,
  vram_free: null,
  vram_used: null,
  temp: null,
  temp_slowdown: null,
  power_watts: null,
  power_limit_watts: null,
  gpu_usage: null,
  performance_state: null,
  throttle_reasons: null,
  processes: null,
});

const placement = samplePreview({
  shares: [embeddingsShare(), sampleShare()],
  decode_tokens_per_second: 85.3,
});
const split = samplePreview({
  kind: 'nodes',
  nodes: ['node-a', 'node-b'],
  shares: [embeddingsShare(), sampleShare({ node_id: 'node-b' })],
});
const memory = [
  {
    node_id: 'node-a',
    device_id: 'GPU-1',
    predicted_bytes: Math.round(3.2 * gib),
    driver_bytes: Math.round(3.1 * gib),
    buffers_bytes: Math.round(2.7 * gib),
  },
];
const hostileNames = [
  { what: 'colours', name: 'RTX\u001b[31m 3050\u001b[0m', shown: 'RTX 3050' },
  { what: 'a window title', name: '\u001b]0;owned\u0007RTX 3050', shown: 'RTX 3050' },
  { what: 'a cleared screen', name: 'RTX\u001b[2J\u001b[H 3050', shown: 'RTX 3050' },
  { what: 'half an escape', name: 'RTX 3050\u001b', shown: 'RTX 3050' },
  { what: 'line breaks and tabs', name: 'RTX\r\n\t3050', shown: 'RTX 3050' },
  { what: 'C1 controls', name: 'RTX\u009b31m 3050\u0085', shown: 'RTX 3050' },
  { what: 'reversed text', name: 'RTX\u202e 0503\u2066', shown: 'RTX 0503' },
  { what: 'half a character', name: 'RTX \ud83d 3050', shown: 'RTX \u{fffd} 3050' },
];

describe('status table', () => {
  const shown: { what: string; state: State; has: (string | RegExp)[]; hasNot?: RegExp }[] = [
    {
      what: 'who and what drives the GPUs',
      state: ofGpus(sampleGpu()),
      has: ['VRAMesh 0.1.0 · workstation · driver 535.154.05 · CUDA 12.2'],
    },
    {
      what: 'the readings of a GPU',
      state: ofGpus(sampleGpu()),
      has: [/ 0 +NVIDIA GeForce RTX 3050 +62 °C +84\/130 W +37% +P2 +ok/, /VRAM █+░+ +3\.0 \/ 8\.0 GiB +38%/],
    },
    {
      what: '"—", not 0, for what a GPU does not report',
      state: ofGpus(nothingKnown),
      has: [/RTX 3050 +— +— +— +— +ok/, /VRAM —\n/],
      hasNot: /\b0%|\b0 °C|VRAM 0|NaN|null/,
    },
    {
      what: 'what one of two figures is known',
      state: ofGpus(sampleGpu({ power_limit_watts: null, vram_used: null })),
      has: ['84/— W', '— / 8.0 GiB    —'],
    },
    { what: 'a lost GPU', state: ofGpus(lostGpu({ index: 3 })), has: [/ 3 +NVIDIA .* — +— +— +— +lost/] },
    {
      what: 'why a GPU is slow',
      state: ofGpus(sampleGpu({ throttle_reasons: ['power cap', 'heat'] })),
      has: ['Slowed by: power cap, heat'],
    },
    {
      what: 'why there is no GPU',
      state: sampleState([sampleNode([])]),
      has: ['No GPU: The NVIDIA library is not installed on this machine.', 'driver — · CUDA —'],
      hasNot: /Temp|VRAM [█░—]/,
    },
    {
      what: 'GPUs that NVML does not see, and why NVML failed',
      state: sampleState([
        sampleNode([sampleGpu({ name: 'Radeon RX 7600', vendor: 'amd' })], {
          gpu_problem: 'No NVIDIA driver.',
        }),
      ]),
      has: ['Radeon RX 7600', 'NVML: No NVIDIA driver.'],
    },
    {
      what: 'memory and CPU of the host',
      state: ofGpus(sampleGpu()),
      has: ['CPU 13% · RAM 12.0 / 32.0 GiB · swap 0.0 / 8.0 GiB'],
    },
    {
      what: 'processes, the largest first',
      state: ofGpus(sampleGpu({ processes: [somebodyElses, desktop, engine] })),
      has: [
        /4711 +vramesh-engine +compute +2\.4 GiB\n.*1203 +Xorg +graphics +310 MiB\n.*88 +— +compute +—\n/,
      ],
    },
    {
      what: 'how many processes it does not list',
      state: ofGpus(sampleGpu({ processes: Array.from({ length: 300 }, (_, pid) => ({ ...engine, pid })) })),
      has: ['… and 292 more'],
    },
    {
      what: 'a ready model',
      state: sampleState([sampleNode([])], [sampleInstance()]),
      has: [/vramesh-tiny +ready +cuda +9\/9 +4096 +151\.2/],
    },
    {
      what: 'a model that loads',
      state: sampleState(
        [],
        [
          sampleInstance({
            state: 'loading',
            progress: 0.421,
            layers: null,
            layers_on_gpu: null,
            tokens_per_second: null,
            backend: null,
            context_size: null,
          }),
        ],
      ),
      has: [/vramesh-tiny +loading 42% +— +— +— +—/],
    },
    {
      what: 'what a model is for',
      state: sampleState([], [sampleInstance({ role: 'chat' })]),
      has: ['Role: chat'],
    },
    {
      what: 'a model whose memory is worked out',
      state: sampleState([], [sampleInstance({ state: 'placing', progress: null, backend: null })]),
      has: [/vramesh-tiny +placing +—/],
    },
    {
      what: 'a model that is idle, and that this is no failure',
      state: sampleState([], [sampleInstance({ state: 'idle' })]),
      has: [/vramesh-tiny +idle /, 'completion · unloaded, the next request brings it back'],
      hasNot: /Error|fail/,
    },
    {
      what: 'predicted and measured speed and memory of each device',
      state: sampleState([], [sampleInstance({ placement, memory })]),
      has: [
        'completion · 85 tok/s predicted, 151 measured',
        'Memory: CPU: 512 MiB predicted, not measured yet',
        /Memory: NVIDIA GeForce RTX 4090: 3\.2 GiB predicted, 3\.1 GiB measured \(3%\s+less\)/,
      ],
    },
    {
      what: 'a model over several machines: who holds what, and what is sent for it',
      state: sampleState([], [sampleInstance({ placement: split, memory: [], shards: [sampleShard()] })]),
      has: [
        'Memory: NVIDIA GeForce RTX 4090 of workstation, 29 layers: 3.2 GiB predicted,',
        /Shard: workstation: 29 layers, 512 MiB sent, 1\.5 GiB it had kept, 34 KiB per\s+token/,
      ],
    },
    {
      what: 'what is lent to other machines',
      state: sampleState([
        {
          ...sampleNode([]),
          lent: [
            {
              node_id: 'node-b',
              node_name: 'laptop',
              model: 'coder',
              devices: [{ device_id: 'cpu', bytes: 2 * gib }],
              used_bytes: 1.5 * gib,
            },
          ],
        },
      ]),
      has: ['Lent: 2.0 GiB to laptop for coder, 1.5 GiB used'],
    },
    {
      what: 'how fast it is sent',
      state: sampleState(
        [],
        [
          sampleInstance({
            state: 'loading',
            shards: [
              sampleShard({ load_bytes_per_second: 112 * mib, cached_bytes: null, bytes_per_token: null }),
            ],
          }),
        ],
      ),
      has: ['Shard: workstation: 29 layers, 512 MiB sent at 112 MiB/s'],
    },
    {
      what: 'what llama.cpp tells without the driver, beside what was predicted of just that',
      state: sampleState(
        [],
        [
          sampleInstance({
            placement,
            memory: [
              {
                node_id: 'node-a',
                device_id: 'GPU-1',
                predicted_bytes: Math.round(3.2 * gib),
                driver_bytes: null,
                buffers_bytes: 3 * gib,
              },
            ],
          }),
        ],
      ),
      has: [/3\.2 GiB predicted, 2\.8 GiB of it buffers:\s+3\.0 GiB measured/],
    },
    {
      what: 'a download',
      state: ofDownload(),
      has: [
        /large-q8_0\.gguf +downloading +42% +4\.7 GiB/,
        'Now: 42% · 2.0 GiB of 4.7 GiB · 85 MiB/s · 2 min left',
      ],
    },
    {
      what: 'a download of which little is known',
      state: ofDownload({ total_bytes: null, bytes_per_second: null, seconds_left: null }),
      has: [/large-q8_0\.gguf +downloading +— +—/, 'Now: 2.0 GiB\n'.trim()],
      hasNot: /\b0%|left/,
    },
    {
      what: 'why a download failed, and how to go on',
      state: ofDownload({ state: 'failed', error: 'No space is left.' }),
      has: [/failed +42%/, 'Error: No space is left.', 'Go on: vramesh pull large'],
    },
    {
      what: 'no download that is done',
      state: ofDownload({ state: 'done' }),
      has: ['No model is placed'],
      hasNot: /large/,
    },
    {
      what: 'why a model failed, whole',
      state: sampleState([], [sampleInstance({ state: 'failed', error: `${'word '.repeat(60)}end of it` })]),
      has: ['failed', 'Error: word word', 'end of it'],
    },
    {
      what: 'a note',
      state: sampleState([], [sampleInstance({ note: 'Fewer layers on the GPU.' })]),
      has: ['Note: Fewer layers on the GPU.'],
    },
    {
      what: 'what to do without a model',
      state: sampleState([]),
      has: ['No model is placed: vramesh place MODEL'],
    },
    {
      what: 'every node',
      state: sampleState([sampleNode([sampleGpu()]), { ...sampleNode([]), name: 'laptop' }]),
      has: ['· workstation ·', '· laptop ·'],
    },
    {
      what: 'how the other nodes are, and on which of them a model is',
      state: sampleState(
        [sampleNode([]), { ...sampleNode([]), node_id: 'node-b', name: 'laptop', status: 'suspect' }],
        [sampleInstance(), sampleInstance({ node_id: 'node-b' })],
      ),
      has: [
        '· workstation ·',
        '· laptop (suspect) ·',
        / vramesh-tiny +ready /,
        /vramesh-tiny @ laptop +ready /,
      ],
    },
  ];
  for (const { what, state, has, hasNot } of shown) {
    it(`shows ${what}`, () => {
      const table = show(state);
      for (const part of has) {
        if (typeof part === 'string') assert.ok(table.includes(part), `${part} is not in:\n${table}`);
        else assert.match(table, part);
      }
      if (hasNot !== undefined) assert.doesNotMatch(table, hasNot);
    });
  }

  for (const { what, name, shown } of hostileNames) {
    it(`takes out of a name: ${what}`, () => {
      const states = [
        ofGpus(sampleGpu({ name })),
        ofGpus(sampleGpu({ processes: [{ ...engine, name }] })),
        sampleState([{ ...sampleNode([]), name }]),
        sampleState([sampleNode([], { gpu_problem: name })]),
        sampleState([], [sampleInstance({ error: name, note: name })]),
        sampleState(
          [],
          [sampleInstance({ placement: samplePreview({ shares: [sampleShare({ device_name: name })] }) })],
        ),
        ofDownload({ name }),
        ofDownload({ state: 'failed', error: name, source: name }),
        sampleState([], [sampleInstance({ model: { ...sampleInstance().model, name } })]),
      ];
      for (const state of states) {
        const table = show(state);
        assert.ok(table.includes(shown), table);
        assert.doesNotMatch(table, /owned|[^\P{C}\n]/u);
      }
    });
  }
});
