import assert from 'node:assert/strict';
import { type Gpu, type NodeProfile, settingsSchema } from '#protocol';
import { gpuText } from '../../../client/src/status/gpu-text';
import { modelText } from '../../../client/src/status/model-text';
import { linkedCommands } from '../../../client/src/text/card-text';
import { gib, lostGpu, sampleGpu, sampleInstance, sampleNode, sampleState } from '../api/sample-state';

function text(gpus: Gpu[], changes: Partial<NodeProfile> = {}) {
  const shown = gpuText(sampleState([sampleNode(gpus, changes)]));
  assert.ok(shown);
  return shown;
}

const asleep = sampleGpu({ status: 'asleep', gpu_usage: null, vram_used: null, vram_free: null });

const cases: [what: string, gpus: Gpu[], text: string, warning: boolean][] = [
  ['no GPU', [], '$(chip) CPU', false],
  ['one', [sampleGpu({ vram_used: gib })], '$(chip) RTX 3050 37% · 1.0/8.0 GiB', false],
  ['two of a kind', [sampleGpu(), sampleGpu({ index: 1 })], '$(chip) 2× RTX 3050 37% · 6.0/16.0 GiB', false],
  [
    'two of different kinds',
    [sampleGpu(), sampleGpu({ index: 1, name: 'NVIDIA A100-SXM4-80GB', vram_total: 80 * gib })],
    '$(chip) 2× GPU 37% · 6.0/88.0 GiB',
    false,
  ],
  [
    'readings that are not reported are dashes, never zeros',
    [sampleGpu({ gpu_usage: null, vram_used: null, vram_total: null, temp: null })],
    '$(chip) RTX 3050 — · —/— GiB',
    false,
  ],
  ['idle', [sampleGpu({ gpu_usage: 0, vram_used: 0 })], '$(chip) RTX 3050 0% · 0.0/8.0 GiB', false],
  ['84 °C', [sampleGpu({ temp: 84 })], '$(chip) RTX 3050 37% · 3.0/8.0 GiB', false],
  ['85 °C', [sampleGpu({ temp: 85 })], '$(chip) RTX 3050 37% · 3.0/8.0 GiB', true],
  [
    'the second one hot',
    [sampleGpu(), sampleGpu({ index: 1, temp: 91 })],
    '$(chip) 2× RTX 3050 37% · 6.0/16.0 GiB',
    true,
  ],
  ['one lost', [sampleGpu(), lostGpu({ index: 1 })], '$(chip) 2× RTX 3050 37% · 3.0/8.0 GiB · 1 lost', true],
  ['asleep', [asleep], '$(chip) RTX 3050 asleep', false],
  [
    'another vendor',
    [sampleGpu({ name: 'AMD Radeon RX 7600' })],
    '$(chip) Radeon RX 7600 37% · 3.0/8.0 GiB',
    false,
  ],
  [
    'without its vendor',
    [sampleGpu({ name: 'Quadro P400' })],
    '$(chip) Quadro P400 37% · 3.0/8.0 GiB',
    false,
  ],
  [
    'a name that would be an icon, or another line',
    [sampleGpu({ name: '$(bug)\nGPU' })],
    '$(chip) $ (bug) GPU 37% · 3.0/8.0 GiB',
    false,
  ],
  [
    'a long name',
    [sampleGpu({ name: 'X'.repeat(200) })],
    `$(chip) ${'X'.repeat(24)} 37% · 3.0/8.0 GiB`,
    false,
  ],
];

describe('status item: GPUs', () => {
  for (const [what, gpus, expected, warning] of cases) {
    it(what, () => {
      const { text: shown, warning: warns } = text(gpus);
      assert.deepEqual([shown, warns], [expected, warning]);
    });
  }

  it('the tooltip has a row per GPU, the versions, and the machine', () => {
    const { tooltip } = text([sampleGpu({ temp: 90 }), lostGpu({ index: 1 })]);
    assert.match(tooltip, /driver 535\.154\.05 · CUDA 12\.2/);
    assert.match(
      tooltip,
      /^\| 0 \| NVIDIA GeForce RTX 3050 \| 3\.0 \/ 8\.0 GiB \| 37% \| 90 °C \$\(warning\) \| 84 W \|$/m,
    );
    assert.match(tooltip, /^\| 1 \| NVIDIA GeForce RTX 3050 \(lost\) \| — \/ — GiB \| — \| — \| — \|$/m);
    assert.match(tooltip, /RAM 12\.0 \/ 32\.0 GiB · CPU 13%/);
  });

  it('the tooltip says why there is no GPU', () => {
    assert.match(text([]).tooltip, /No GPU is used: The NVIDIA library is not installed/);
    assert.match(text([], { gpu_problem: null }).tooltip, /No GPU is used: none was found/);
    const withAmd = text([sampleGpu({ vendor: 'amd' })], { gpu_problem: 'The NVIDIA driver is too old.' });
    assert.match(withAmd.tooltip, /The NVIDIA driver is too old/);
  });

  it('the card has the models, the other machines, and what can be done', () => {
    const far = { ...sampleNode([sampleGpu()]), node_id: 'b', name: 'big_box', status: 'online' as const };
    const state = sampleState(
      [sampleNode([sampleGpu()]), far],
      [
        sampleInstance({ id: 'here' }),
        sampleInstance({ id: 'far', node_id: 'b', state: 'loading', progress: 0.4, tokens_per_second: null }),
      ],
      'here',
    );
    const link = { from: 'node-a', to: 'b', round_trip_ms: 0.42, bytes_per_second: null };
    const lines = gpuText({ ...state, topology: { ...state.topology, connections: [link] } })?.tooltip.split(
      '\n',
    );
    for (const line of [
      '**Models**  ',
      '$(sparkle) vramesh-tiny: ready · 151 tok/s · completes  ',
      '$(loading~spin) vramesh-tiny: loading 40% · on big\\_box',
      '**Other machines**  ',
      '$(vm) big\\_box: online · 0.4 ms · 3.0 of 8.0 GiB of VRAM',
    ])
      assert.ok(lines?.includes(line), `"${line}" is not in\n${lines?.join('\n')}`);
    assert.match(lines?.at(-1) ?? '', /\[\$\(add\)\u00a0Invite\u00a0Machine…\]\(command:vramesh\.invite\)/);
  });

  it('of a hundred machines the card shows the first', () => {
    const others = Array.from({ length: 100 }, (_, index) => ({
      ...sampleNode([]),
      node_id: `b${index}`,
      name: `box${index}`,
      status: 'gone' as const,
    }));
    const { tooltip } = gpuText(sampleState([sampleNode([]), ...others])) ?? {};
    assert.match(tooltip ?? '', /box7: gone · no GPU {2}\n… and 92 more$/m);
  });

  it('every command that a card links to may be run, and is one of ours', () => {
    const cards = [
      text([]).tooltip,
      modelText({
        state: null,
        problem: 'No.',
        settings: settingsSchema.parse({}),
        languageId: null,
        snoozedFor: null,
      }).tooltip,
    ];
    const linked = cards.flatMap((card) =>
      [...card.matchAll(/\(command:([\w.]+)\)/g)].map(([, id]) => id ?? ''),
    );
    assert.ok(linked.length > 5);
    for (const id of linked) assert.ok(linkedCommands.includes(id), `${id} is linked to, but may not be run`);
  });

  it('what a device calls itself stays text in the tooltip', () => {
    const { tooltip } = text([sampleGpu({ name: '[x](command:evil) | $(bug) <b>\n**' })]);
    const row = tooltip.split('\n').find((line) => line.startsWith('| 0 |'));
    assert.match(row ?? '', /\\\[x\\\] \\\(command:evil\\\) \\\| \$ \\\(bug\\\) \\<b\\> \\\*\\\*/);
  });

  it('says that the CUDA runtime can be fetched, where it is missing', () => {
    const state = sampleState([sampleNode([sampleGpu()])]);
    assert.match(
      gpuText({ ...state, cuda_missing: true })?.tooltip ?? '',
      /CUDA runtime missing\. \[.*Install.CUDA.Runtime\]\(command:vramesh\.installCudaRuntime/,
    );
    assert.doesNotMatch(gpuText(state)?.tooltip ?? '', /CUDA runtime/);
  });
});
