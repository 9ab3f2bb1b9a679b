import assert from 'node:assert/strict';
import { type Instance, settingsSchema } from '#protocol';
import { type WhySituation, whyNoCompletion } from '../../../client/src/text/why-text';
import { sampleInstance, sampleNode, sampleState } from '../api/sample-state';

const fim = { prefix: '<p>', suffix: '<s>', middle: null, repository: null, file: null };
const ready = (changes: Partial<Instance> = {}) => sampleInstance({ fim, ...changes });
const editor = { covered: true, inlineSuggest: true, typing: null };

function why(changes: Partial<WhySituation> = {}) {
  return whyNoCompletion({
    state: sampleState([sampleNode([])], [ready()], 'instance-1'),
    problem: null,
    settings: settingsSchema.parse({}),
    languageId: 'typescript',
    snoozedFor: null,
    editor,
    host: { outcome: 'unasked', reason: null },
    ...changes,
  });
}

const without = (instances: Instance[]) => ({ state: sampleState([sampleNode([])], instances) });
const settings = (completions: object) => ({ settings: settingsSchema.parse({ completions }) });

const cases: [what: string, situation: Partial<WhySituation>, reason: RegExp, remedy: string | null][] = [
  ['no editor', { editor: null }, /No file is open/, null],
  ['an output pane', { editor: { ...editor, covered: false } }, /neither/, null],
  ['no host yet', { state: null, problem: null }, /still starting/, 'Show Log'],
  ['no host, and why', { state: null, problem: 'No room.' }, /^No room\.$/, 'Restart Host'],
  ['switched off', settings({ enabled: false }), /^Completions are switched off\.$/, 'Switch On'],
  [
    'switched off for the language',
    settings({ disabledLanguages: ['typescript'] }),
    /switched off for typescript/,
    'Switch On for This Language',
  ],
  ['snoozed', { snoozedFor: 90 }, /snoozed for another 2 min/, 'End Snooze'],
  [
    'off in VS Code itself',
    { editor: { ...editor, inlineSuggest: false } },
    /Inline Suggest.*is off/,
    'Show the Setting',
  ],
  ['nothing placed', without([]), /No model is placed/, 'Place Model…'],
  ['only a chat model', without([ready({ role: 'chat' })]), /No model is placed/, 'Place Model…'],
  ['loading', without([ready({ state: 'loading', progress: 0.43 })]), /still being loaded \(43%\)/, null],
  ['placing', without([ready({ state: 'placing', progress: null })]), /still being loaded\.$/, null],
  [
    'failed',
    without([ready({ state: 'failed', error: 'The file is damaged.' })]),
    /^The file is damaged\.$/,
    'Place Another Model…',
  ],
  ['a model that cannot', without([ready({ fim: null })]), /fill-in-the-middle/, 'Place Model…'],
  ['a selection', { editor: { ...editor, typing: 'selection' } }, /selected/, 'Ask Now'],
  ['an undo', { editor: { ...editor, typing: 'undone' } }, /undone/, 'Ask Now'],
  [
    'what the host says of the place',
    { host: { outcome: 'none', reason: 'the cursor is inside a word' } },
    /^No completion here: the cursor is inside a word\.$/,
    'Ask Now',
  ],
  [
    'a file that no model may see: asking would not help',
    { host: { outcome: 'off', reason: 'git ignores it' } },
    /^There is no completion in this file: git ignores it\.$/,
    null,
  ],
  ['one was offered', { host: { outcome: 'offered', reason: null } }, /was offered here/, 'Ask Now'],
  ['nobody asked', {}, /Nobody has asked/, 'Ask Now'],
];

describe('why no completion here', () => {
  for (const [what, situation, reason, remedy] of cases) {
    it(what, () => {
      const answer = why(situation);
      assert.match(answer.reason, reason);
      assert.equal(answer.remedy?.title ?? null, remedy);
    });
  }

  it('what is wrong with the window comes before the place', () => {
    const answer = why({ snoozedFor: 60, ...without([]), editor: { ...editor, typing: 'selection' } });
    assert.match(answer.reason, /snoozed/);
  });
});
