import assert from 'node:assert/strict';
import { type CompletionMeasures, type Instance, settingsSchema } from '#protocol';
import { type ModelSituation, modelText } from '../../../client/src/status/model-text';
import {
  gib,
  sampleInstance,
  sampleMeasures,
  sampleNode,
  samplePreview,
  sampleState,
} from '../api/sample-state';
import { sampleDownload, sampleShare } from '../cli/samples';

const fim = { prefix: '<p>', suffix: '<s>', middle: null, repository: null, file: null };
const ready = (changes: Partial<Instance> = {}) => sampleInstance({ fim, ...changes });
const user = (name: string, changes: Partial<Instance> = {}) =>
  ready({
    placed_by: 'user',
    model: { id: name, name, path: `/${name}.gguf`, size_bytes: 1, embedded: false },
    ...changes,
  });

function show(instances: Instance[], changes: Partial<ModelSituation> = {}) {
  return modelText({
    state: sampleState([sampleNode([])], instances),
    problem: null,
    settings: settingsSchema.parse({}),
    languageId: 'typescript',
    snoozedFor: null,
    ...changes,
  });
}

const placement = samplePreview({ shares: [sampleShare()], decode_tokens_per_second: 85 });
const measured = {
  node_id: 'node-a',
  device_id: 'GPU-1',
  predicted_bytes: Math.round(3.2 * gib),
  driver_bytes: Math.round(3.1 * gib),
  buffers_bytes: null,
};

const off = settingsSchema.parse({ completions: { enabled: false } });
const notHere = settingsSchema.parse({ completions: { disabledLanguages: ['markdown'] } });

const cases: [
  what: string,
  instances: Instance[],
  situation: Partial<ModelSituation>,
  text: string,
  tooltip: RegExp,
  warning: boolean,
][] = [
  ['no host yet', [], { state: null }, '$(loading~spin) VRAMesh', /being started/, false],
  [
    'no host, and why',
    [],
    { state: null, problem: 'No room.' },
    '$(error) VRAMesh',
    /^No room\.\n\n.*command:vramesh\.restartHost/,
    true,
  ],
  ['nothing placed', [], {}, '$(circle-slash) No model', /Click to place one/, false],
  [
    'loading',
    [ready({ state: 'loading', progress: 0.424 })],
    {},
    '$(loading~spin) vramesh-tiny 42%',
    /is being loaded/,
    false,
  ],
  [
    'loading, not known how far',
    [ready({ state: 'loading', progress: null })],
    {},
    '$(loading~spin) vramesh-tiny …',
    /is being loaded/,
    false,
  ],
  [
    'placing',
    [ready({ state: 'placing', progress: null, backend: null })],
    {},
    '$(loading~spin) vramesh-tiny …',
    /is being placed: its memory is worked out/,
    false,
  ],
  [
    'idle: no error',
    [ready({ state: 'idle' })],
    {},
    '$(debug-pause) vramesh-tiny idle',
    /^Unloaded, .*The next request brings it back/,
    false,
  ],
  [
    'idle, and switched off',
    [ready({ state: 'idle' })],
    { settings: off },
    '$(circle-slash) vramesh-tiny',
    /^Completions are switched off\.\n\n\[Switch\u00a0On\]\(command:vramesh\.toggleCompletions\)/,
    false,
  ],
  [
    'loading again after it was idle: no error',
    [user('large', { state: 'loading', progress: 0.1, placement })],
    {},
    '$(loading~spin) large 10%',
    /is being loaded.*\| NVIDIA GeForce RTX 4090 \| .*29 \| .*3\.2 GiB \| .*— \|/s,
    false,
  ],
  [
    'what each device holds, predicted and measured',
    [user('large', { placement, memory: [measured] })],
    {},
    '$(sparkle) large 151 tok/s',
    /speed 151 tok\/s \(predicted 85 tok\/s\)/,
    false,
  ],
  [
    'a name that is no icon and no link',
    [user('$(flame) [x](http://y)')],
    {},
    '$(sparkle) $ (flame) [x] (http://y) 151 tok/s',
    /\*\*\$ \\\(flame\\\) \\\[x\\\]/,
    false,
  ],
  ['ready', [ready()], {}, '$(sparkle) vramesh-tiny 151 tok/s', /context 4096 tokens/, false],
  [
    'ready, not measured yet',
    [ready({ tokens_per_second: null })],
    {},
    '$(sparkle) vramesh-tiny',
    /./,
    false,
  ],
  [
    'on the GPU',
    [user('large')],
    {},
    '$(sparkle) large 151 tok/s',
    /\*\*large\*\* on NVIDIA GeForce RTX 3050 \(cuda\), 9 of 9 layers/,
    false,
  ],
  [
    'on the CPU, with the reason',
    [user('large', { backend: 'cpu', layers_on_gpu: 0, threads: 4, note: 'VRAM was short' })],
    {},
    '$(sparkle) large 151 tok/s',
    /\*\*large\*\* on CPU, 4 thread.*VRAM was short/s,
    false,
  ],
  [
    'the small model says that it is',
    [ready()],
    {},
    '$(sparkle) vramesh-tiny 151 tok/s',
    /it is weak\. Click/,
    false,
  ],
  [
    'restarting',
    [ready({ state: 'restarting', error: 'The engine was killed.' })],
    {},
    '$(loading~spin) vramesh-tiny',
    /^The engine was killed\./,
    true,
  ],
  [
    'failed',
    [ready({ state: 'failed', error: 'The file is damaged.' })],
    {},
    '$(error) vramesh-tiny',
    /^The file is damaged\./,
    true,
  ],
  [
    'switched off',
    [ready()],
    { settings: off },
    '$(circle-slash) vramesh-tiny',
    /^Completions are switched off\.\n\n\[Switch\u00a0On\]\(command:vramesh\.toggleCompletions\)/,
    false,
  ],
  [
    'snoozed: what is left, in whole minutes',
    [ready()],
    { snoozedFor: 241 },
    '$(bell-slash) vramesh-tiny snoozed 5 min',
    /^Completions are snoozed for another 4 min\.\n\n\[End\u00a0Snooze\]\(command:vramesh\.endSnooze\)/,
    false,
  ],
  [
    'snoozed until a restart',
    [ready({ state: 'idle' })],
    { snoozedFor: Number.POSITIVE_INFINITY },
    '$(bell-slash) vramesh-tiny snoozed',
    /snoozed until VS Code is restarted/,
    false,
  ],
  [
    'snoozed and switched off: what lasts longer is said',
    [ready()],
    { snoozedFor: 60, settings: off },
    '$(circle-slash) vramesh-tiny',
    /switched off/,
    false,
  ],
  [
    'switched off for this language',
    [ready()],
    { settings: notHere, languageId: 'markdown' },
    '$(circle-slash) vramesh-tiny',
    /switched off for markdown/,
    false,
  ],
  [
    'switched off for another language',
    [ready()],
    { settings: notHere },
    '$(sparkle) vramesh-tiny 151 tok/s',
    /./,
    false,
  ],
  [
    'no editor in front',
    [ready()],
    { settings: notHere, languageId: null },
    '$(sparkle) vramesh-tiny 151 tok/s',
    /./,
    false,
  ],
  [
    'a model that cannot fill in the middle',
    [ready({ fim: null })],
    {},
    '$(circle-slash) vramesh-tiny',
    /no fill-in-the-middle tokens/,
    false,
  ],
  [
    'nothing answers yet: the choice of the user is shown',
    [user('large', { state: 'loading', progress: 0.1 }), ready({ state: 'failed' })],
    {},
    '$(loading~spin) large 10%',
    /being loaded/,
    false,
  ],
  [
    'nothing answers yet: no chat model is shown',
    [ready({ state: 'loading', progress: 0.1 }), user('talker', { role: 'chat' })],
    {},
    '$(loading~spin) vramesh-tiny 10%',
    /./,
    false,
  ],
  [
    'nothing answers yet: the newer choice is shown',
    [user('one', { state: 'placing' }), user('two', { state: 'placing' })],
    {},
    '$(loading~spin) two 100%',
    /./,
    false,
  ],
];

describe('status item: the model', () => {
  for (const [what, instances, situation, text, tooltip, warning] of cases) {
    it(what, () => {
      const shown = show(instances, situation);
      assert.deepEqual([shown.text, shown.warning], [text, warning]);
      assert.match(shown.tooltip, tooltip);
    });
  }

  it('what answers is shown, as the host says', () => {
    const all = [
      ready(),
      user('large', { id: 'large-1', state: 'idle' }),
      user('newer', { id: 'newer-1', state: 'loading', progress: 0.1 }),
    ];
    const shown = (completing: string) =>
      show([], { state: sampleState([sampleNode([])], all, completing) }).text;
    assert.equal(shown('large-1'), '$(debug-pause) large idle');
    assert.equal(shown('instance-1'), '$(sparkle) vramesh-tiny 151 tok/s');
  });

  it('on another machine: it is said which; what another one only has is not shown', () => {
    const nodes = [
      sampleNode([]),
      { ...sampleNode([]), node_id: 'node-b', name: 'big_box', status: 'online' as const },
    ];
    const far = user('large', { id: 'large-1@big_box', node_id: 'node-b' });
    const { text, tooltip } = show([], { state: sampleState(nodes, [far], far.id) });
    assert.equal(text, '$(sparkle) large 151 tok/s');
    assert.match(tooltip, /^On the machine \*\*big\\_box\*\*\./);
    assert.match(show([], { state: sampleState(nodes, [far], null) }).text, /No model/);
  });

  it('the hover ends with what can be done', () => {
    assert.match(
      show([ready()]).tooltip,
      /---\n\n.*\[\$\(question\)\u00a0Why\u00a0No\u00a0Completion\u00a0Here\?\]\(command:vramesh\.whyNoCompletion\).*$/,
    );
  });

  it('no tooltip but the small model’s own offers a better one', () => {
    assert.doesNotMatch(show([user('large')]).tooltip, /weak/);
  });

  it('what completions were worth is told in the tooltip, once there was one', () => {
    const told = (completions: Partial<CompletionMeasures>) => {
      const state = { ...sampleState([sampleNode([])], [ready()]), completions: sampleMeasures(completions) };
      return show([], { state }).tooltip;
    };
    assert.match(told({ shown: 4, accepted: 1 }), /^Completions: 4 shown, 1 accepted/m);
    assert.doesNotMatch(told({}), /Completions:/);
  });

  it('slowness is said of the model that answers, while it is ready; it is no warning', () => {
    const slow = sampleMeasures({ slow: true });
    const text = (
      instances: Instance[],
      completing: string | null,
      situation: Partial<ModelSituation> = {},
    ) => {
      const state = { ...sampleState([sampleNode([])], instances, completing), completions: slow };
      return show([], { state, ...situation });
    };
    const { text: shown, tooltip, warning } = text([ready()], 'instance-1');
    assert.deepEqual([shown, warning], ['$(sparkle) vramesh-tiny 151 tok/s · slow', false]);
    assert.match(tooltip, /^Completions are slow: .* A smaller model/);
    for (const other of [
      text([ready()], null),
      text([ready({ state: 'loading', progress: 0.5 })], 'instance-1'),
      text([ready({ state: 'idle' })], 'instance-1'),
      text([ready()], 'instance-1', { settings: off }),
    ])
      assert.doesNotMatch(other.text + other.tooltip, /slow/);
  });

  const withDownload = (instance: Instance, download = sampleDownload()) => {
    const state = sampleState([sampleNode([])], [instance]);
    return show([], { state: { ...state, downloads: [download] } });
  };

  it('a download is shown beside the model, and told of in the tooltip', () => {
    const { text, tooltip, warning } = withDownload(ready());
    assert.deepEqual([text, warning], ['$(sparkle) vramesh-tiny 151 tok/s $(cloud-download) 42%', false]);
    assert.match(tooltip, /^\$\(cloud-download\) large-q8\\_0\.gguf: 42%/m);
  });

  it('a download of another machine is its own affair', () => {
    const { text, tooltip } = withDownload(ready(), sampleDownload({ node_id: 'another' }));
    assert.doesNotMatch(text + tooltip, /large|cloud/);
  });

  it('a download is not shown beside a model that loads, but told of in the tooltip', () => {
    const { text, tooltip } = withDownload(ready({ state: 'loading', progress: 0.1 }));
    assert.equal(text, '$(loading~spin) vramesh-tiny 10%');
    assert.match(tooltip, /large-q8\\_0\.gguf: 42%/);
  });
});
