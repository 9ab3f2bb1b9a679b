import assert from 'node:assert/strict';
import { type Instance, settingsSchema } from '#protocol';
import { type ModelSituation, modelText } from '../../../client/src/status/model-text';
import { sampleInstance, sampleNode, sampleState } from '../api/sample-state';

const fim = { prefix: '<p>', suffix: '<s>', middle: null };
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
    ...changes,
  });
}

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
  ['no host, and why', [], { state: null, problem: 'No room.' }, '$(error) VRAMesh', /^No room\.$/, true],
  ['nothing placed', [], {}, '$(circle-slash) No model', /Click to place one/, false],
  [
    'loading',
    [ready({ state: 'loading', progress: 0.424 })],
    {},
    '$(loading~spin) vramesh-tiny 42%',
    /is being placed/,
    false,
  ],
  [
    'loading, not known how far',
    [ready({ state: 'loading', progress: null })],
    {},
    '$(loading~spin) vramesh-tiny …',
    /is being placed/,
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
    /^The engine was killed\.$/,
    true,
  ],
  [
    'failed',
    [ready({ state: 'failed', error: 'The file is damaged.' })],
    {},
    '$(error) vramesh-tiny',
    /^The file is damaged\.$/,
    true,
  ],
  [
    'switched off',
    [ready()],
    { settings: off },
    '$(circle-slash) vramesh-tiny',
    /switched off\. Click/,
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
    'what answers is shown: the ready default, while the choice of the user loads',
    [ready(), user('large', { state: 'loading', progress: 0.1 })],
    {},
    '$(sparkle) vramesh-tiny 151 tok/s',
    /./,
    false,
  ],
  [
    'what answers is shown: the choice of the user',
    [user('large'), ready()],
    {},
    '$(sparkle) large 151 tok/s',
    /./,
    false,
  ],
  [
    'what answers is shown: the newer choice',
    [user('one'), user('two')],
    {},
    '$(sparkle) two 151 tok/s',
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

  it('no tooltip but the small model’s own offers a better one', () => {
    assert.doesNotMatch(show([user('large')]).tooltip, /weak/);
  });
});
