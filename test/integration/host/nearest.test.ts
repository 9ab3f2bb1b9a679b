/** A machine without a model gets its completions from the one beside it. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inviteRequest, joinRequest, placeRequest, unplaceRequest } from '#protocol';
import { cleanUp, enginePid, freshHome, type HostUnderTest, startHost } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { until } from '../../support/until';

const embedded = path.resolve('media/models/tiny-ts-fim-q8_0.gguf');
const loop = 'for (let i = 0; i < arr.\n  sum += arr[i];\n}\n';
const answer = 'length; i++) {';

describe('host: completions from another machine', () => {
  let workstation: HostUnderTest;
  let laptop: HostUnderTest;
  let editor: LspClient;

  beforeEach(async () => {
    const home = freshHome();
    mkdirSync(path.join(home, 'models'), { recursive: true });
    copyFileSync(embedded, path.join(home, 'models', 'coder.gguf'));
    const args = ['--peer-port', '0'];
    [workstation, laptop] = await Promise.all([startHost({ home, args }), startHost({ args })]);
    const admin = await workstation.lsp();
    await admin.request(placeRequest, { model_id: 'coder' });
    editor = await laptop.lsp();
    await editor.request(joinRequest, { line: (await admin.request(inviteRequest, {})).line });
    // The model that is here by default would do as well.
    const own = (await laptop.state()).instances.find(({ node_id }) => node_id === laptop.ready.node_id);
    await editor.request(unplaceRequest, { instance_id: own?.id ?? '' });
    await editor.stateIs(
      'only the model of the workstation',
      ({ instances }) =>
        instances.length === 1 &&
        instances[0]?.node_id === workstation.ready.node_id &&
        instances[0].state === 'ready',
    );
    await editor.open('file:///far.ts', loop);
  });
  afterEach(cleanUp);

  const complete = (uri = 'file:///far.ts') => editor.complete(uri, 0, 24);

  it('it completes, and neither prompt nor text is in the log of the other machine', async () => {
    const [item] = await complete();
    assert.equal(item?.insertText, answer);
    const { instances } = await until('a measured speed', async () => {
      const state = await workstation.state();
      return (state.instances[0]?.tokens_per_second ?? 0) > 0 && state;
    });
    assert.equal(instances[0]?.node_id, workstation.ready.node_id);
    const logs = path.join(workstation.home, 'logs');
    for (const file of readdirSync(logs)) {
      const log = readFileSync(path.join(logs, file), 'utf8');
      assert.ok(!log.includes('sum += arr') && !log.includes('far.ts'), `${file} tells of the code`);
    }
  });

  it('the other machine dies in the middle: no completion, no error, and it is said who is gone', async () => {
    const engine = await enginePid(workstation);
    process.kill(engine, 'SIGSTOP');
    const waiting = complete();
    await until('the request is there', async () => (await requestsAt(workstation)) > 0);
    process.kill(workstation.pid, 'SIGKILL');
    // It sees that its host has gone, and goes.
    process.kill(engine, 'SIGCONT');
    assert.deepEqual(await waiting, []);
    await editor.stateIs('a node that is gone', ({ topology }) =>
      topology.nodes.some(
        ({ node_id, status }) => node_id === workstation.ready.node_id && status === 'gone',
      ),
    );
    assert.deepEqual(await complete(), []);
  });

  it('cancelling ends the decode over there', async () => {
    process.kill(await enginePid(workstation), 'SIGSTOP');
    const cancel = new AbortController();
    const request = editor.complete('file:///far.ts', 0, 24, cancel.signal);
    await until('the request is there', async () => (await requestsAt(workstation)) > 0);
    cancel.abort();
    await request.catch(() => {});
    process.kill(await enginePid(workstation), 'SIGCONT');
    await until('nothing is being decoded', async () => (await requestsAt(workstation)) === 0);
    const [item] = await complete();
    assert.equal(item?.insertText, answer);
  });

  it('programs of several machines together leave a sequence to who types', async () => {
    const over = new AbortController();
    let answered = 0;
    const body = JSON.stringify({
      model: 'coder',
      prompt: 'import * as fs from ',
      max_tokens: 1000,
      temperature: 0,
    });
    const busy = [workstation, laptop].flatMap(({ ready }) =>
      Array.from({ length: 3 }, () =>
        fetch(`http://${ready.http}/v1/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
          signal: over.signal,
        })
          .then(() => answered++)
          .catch(() => {}),
      ),
    );
    await until('they want more than there is', async () => (await requestsAt(workstation)) >= 6);
    const [item] = await complete();
    assert.equal(item?.insertText, answer);
    assert.equal(answered, 0, 'no program had to end for it');
    over.abort();
    await Promise.all(busy);
  });

  it('programs of this machine use it over HTTP, by its name', async () => {
    const post = async (route: string, body: object) => {
      const response = await fetch(`http://${laptop.ready.http}${route}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'coder', ...body }),
      });
      return { status: response.status, body: Object(await response.json()) };
    };
    const place = { input_prefix: loop.slice(0, 24), input_suffix: loop.slice(24), n_predict: 64 };
    const filled = await post('/infill', place);
    assert.deepEqual([filled.body.content, filled.body.stop_type], [answer, 'eos']);
    assert.match(filled.body.model, /^coder-\d+@/);

    const text = { prompt: 'import * as fs from ', max_tokens: 40, temperature: 0 };
    const { body } = await post('/v1/completions', { ...text, stop: ['s.j'], logprobs: 1 });
    const [choice] = body.choices;
    assert.deepEqual([choice.text, choice.finish_reason], ["'./f", 'stop']);
    assert.equal(choice.logprobs.tokens.join('').slice(0, 4), "'./f");
    const tooLong = await post('/v1/completions', { ...text, prompt: 'x y '.repeat(2000) });
    assert.deepEqual([tooLong.status, tooLong.body.error.code], [400, 'context_length_exceeded']);

    const { tokens } = (await post('/tokenize', { content: loop })).body;
    assert.equal((await post('/detokenize', { tokens })).body.content, loop);
    await until('nothing is being decoded', async () => (await requestsAt(workstation)) === 0);
  });

  async function requestsAt(host: HostUnderTest): Promise<number> {
    return (await host.state()).topology.nodes[0]?.requests ?? 0;
  }
});
