/** What llama.vim and llama.vscode say to llama.cpp's server, said to a real host. */
import assert from 'node:assert/strict';
import { z } from 'zod';
import { apiErrorSchema, infillAnswerSchema, propsSchema, tokensSchema } from '#protocol';
import fixture from '../../fixtures/llama-server/cases.json';
import { cleanUp } from '../../support/host';
import { embedded, infilled, place, type Served, serve } from './served';

/** The fields that llama.vim asks for, and shows. */
const shownFields = [
  'content',
  'timings/prompt_n',
  'timings/prompt_ms',
  'timings/prompt_per_token_ms',
  'timings/prompt_per_second',
  'timings/predicted_n',
  'timings/predicted_ms',
  'timings/predicted_per_token_ms',
  'timings/predicted_per_second',
  'truncated',
  'tokens_cached',
];

describe('HTTP API: clients of llama.cpp’s server', () => {
  let served: Served;
  before(async () => {
    served = await serve();
  });
  after(cleanUp);

  async function infill(body: object) {
    const response = await served.post('/infill', { ...place, ...body });
    assert.equal(response.status, 200, await response.clone().text());
    return infillAnswerSchema.parse(await response.json());
  }

  it('fills in, and says how it ended and what it cost', async () => {
    const answer = await infill({ n_predict: 64 });
    assert.equal(answer.content, infilled);
    assert.equal(answer.stop, true);
    assert.equal(answer.stop_type, 'eos');
    assert.equal(answer.timings?.predicted_n, answer.tokens_predicted);
    assert.ok((answer.tokens_evaluated ?? 0) > (answer.tokens_predicted ?? 0));
    const again = await infill({ n_predict: 64 });
    assert.equal(again.timings?.prompt_n, 1, 'the KV cache is used');
    const anew = await infill({ n_predict: 64, cache_prompt: false });
    assert.equal(anew.timings?.prompt_n, anew.tokens_evaluated, 'and is not where it shall not be');
    assert.equal(anew.content, infilled);
  });

  it('a session of llama.vim: its ring is warmed, then each place is asked for', async () => {
    const chunk = (name: string, text: string) => ({ text, time: 1, filename: name });
    const ring = [
      chunk('src/a.ts', 'export function sum(values: number[]) {\n  return 0;\n}\n'),
      chunk('src/b.ts', 'export const rate = 0.2;\n'),
    ];
    const always = {
      stop: [],
      n_indent: 0,
      top_k: 40,
      top_p: 0.9,
      stream: false,
      samplers: ['top_k', 'top_p', 'infill'],
      cache_prompt: true,
      t_max_prompt_ms: 500,
      t_max_predict_ms: 1000,
    };
    const warmed = await infill({
      ...always,
      input_prefix: '',
      input_suffix: '',
      input_extra: ring,
      prompt: '',
      n_predict: 0,
      temperature: 0,
      t_max_predict_ms: 1,
      response_fields: [''],
    });
    assert.deepEqual(warmed, {});
    const asked = {
      ...always,
      input_prefix: 'const arr = [1, 2];\nlet sum = 0;\n',
      input_extra: ring,
      prompt: 'for (let i = 0; i < arr.',
      n_predict: 128,
      response_fields: shownFields,
    };
    const answer = await infill(asked);
    assert.deepEqual(Object.keys(answer).sort(), [...shownFields].sort());
    assert.equal(answer.content, infilled);
    for (const field of shownFields.filter((name) => name.startsWith('timings/')))
      assert.equal(typeof answer[field], 'number', field);
    const typed = await infill({ ...asked, prompt: `${asked.prompt}length` });
    assert.equal(typed.content, infilled.slice('length'.length));
  });

  it('streams: pieces, then one event with everything', async () => {
    const response = await served.post('/infill', { ...place, n_predict: 64, stream: true });
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const events = (await response.text())
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => infillAnswerSchema.parse(JSON.parse(event.replace(/^data: /, ''))));
    assert.equal(events.map(({ content }) => content).join(''), infilled);
    assert.deepEqual(events.map(({ stop }) => stop).indexOf(true), events.length - 1);
    assert.equal(events.at(-1)?.stop_type, 'eos');
  });

  it('ends before a line that is indented less, and before a stop text', async () => {
    const open = { input_prefix: 'import * as fs from ', input_suffix: '', n_predict: 40 };
    const free = await infill(open);
    assert.match(free.content ?? '', /\nimport/);
    const held = await infill({ ...open, n_indent: 4 });
    assert.deepEqual([held.content, held.stop_type], [free.content?.split('\n')[0], 'limit']);
    const word = await infill({ n_predict: 64, stop: ['; i'] });
    assert.deepEqual([word.content, word.stop_type, word.stopping_word], ['length', 'word', '; i']);
  });

  it('writes as many tokens as it may, and none where it may none', async () => {
    const endless = { input_prefix: 'import * as fs from ', input_suffix: '' };
    assert.equal((await infill({ ...endless, n_predict: 7 })).tokens_predicted, 7);
    assert.equal((await infill({ ...endless, n_predict: 7 })).stop_type, 'limit');
    assert.equal((await infill({ ...endless, n_predict: 0 })).content, '');
    const huge = 'const value = compute(value);\n'.repeat(20_000);
    assert.ok(((await infill({ input_prefix: huge, n_predict: 5 })).tokens_evaluated ?? 0) < 1024);
  });

  for (const extra of fixture.bad_input_extra)
    it(`answers 400 to the extra ${JSON.stringify(extra)}`, async () => {
      const response = await served.post('/infill', { ...place, input_extra: [extra] });
      assert.equal(response.status, 400);
      assert.match(apiErrorSchema.parse(await response.json()).error.message, /body\/input_extra\/0/);
    });

  it('needs prefix and suffix', async () => {
    for (const field of ['input_prefix', 'input_suffix'])
      assert.equal((await served.post('/infill', { ...place, [field]: undefined })).status, 400);
  });

  it('knows tokens, both ways', async () => {
    const content = 'for (const größe of 東京) { // 🚀\n';
    const tokens = async (body: object) =>
      z.object({ tokens: tokensSchema }).parse(await (await served.post('/tokenize', body)).json()).tokens;
    const back = await (await served.post('/detokenize', { tokens: await tokens({ content }) })).json();
    assert.deepEqual(back, { content });
    assert.equal((await tokens({ content: '<|endoftext|>' })).length, 1);
    assert.ok((await tokens({ content: '<|endoftext|>', parse_special: false })).length > 1);
    const foreign = await served.post('/detokenize', { tokens: [1_000_000] });
    assert.equal(foreign.status, 400);
    assert.match(
      apiErrorSchema.parse(await foreign.json()).error.message,
      /Token 1000000 is not one of the 2048/,
    );
  });

  it('says what the instance is like', async () => {
    const props = propsSchema.parse(await served.host.http(`/props?model=${embedded}`));
    assert.equal(props.total_slots, 4);
    assert.equal(props.default_generation_settings.n_ctx, 1024);
    const { status } = await fetch(`${served.address}/props?model=nothing`);
    assert.equal(status, 404);
  });
});
