/** What a window gets of a model that it chats with, on this machine and on another one. */
import assert from 'node:assert/strict';
import * as z from 'zod';
import {
  chatPartSchema,
  chatRequest,
  countTokensRequest,
  inviteRequest,
  joinRequest,
  placeRequest,
  unplaceRequest,
} from '#protocol';
import { addChatModel, chatty } from '../../support/chat-model';
import { cleanUp, freshHome, type HostUnderTest, startHost } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { until } from '../../support/until';

const embedded = 'vramesh-tiny';
const question = [{ role: 'user' as const, content: 'What is a vector?' }];
const hello = { model: chatty, messages: question, max_tokens: 12, temperature: 0 };
/** The model goes on for as long as the context lets it. */
const endless = { model: chatty, messages: [{ role: 'user' as const, content: 'Go on.' }], temperature: 0 };
const drawn = { ...hello, temperature: 2, seed: 1 };
const context = 4096;

/** What was reported on a token, in order. */
function partsOf(lsp: LspClient, token: string): string[] {
  const schema = z.object({ token: z.literal(token), value: chatPartSchema });
  return lsp.told.flatMap(({ method, params }) => {
    const told = schema.safeParse(params);
    return method === '$/progress' && told.success ? [told.data.value.text] : [];
  });
}

async function hostWithChatModel(args: readonly string[] = []): Promise<HostUnderTest> {
  const home = freshHome();
  addChatModel(home, { context });
  return startHost({ home, args: ['--no-discovery', ...args] });
}

const requestsAt = async (host: HostUnderTest) => (await host.state()).topology.nodes[0]?.requests ?? 0;
const writing = (host: HostUnderTest, count: number) =>
  until(`${count} answers are being written`, async () => (await requestsAt(host)) === count);

describe('host: a chat', () => {
  let host: HostUnderTest;
  let lsp: LspClient;
  before(async () => {
    host = await hostWithChatModel();
    lsp = await host.lsp();
  });
  after(cleanUp);
  afterEach(async () => {
    await writing(host, 0);
  });

  it('waits for the model to be loaded; then the state says that it can chat', async () => {
    const placing = lsp.request(placeRequest, { model_id: chatty, role: 'chat', sequences: 1 });
    await lsp.stateIs('it is being placed', ({ instances }) =>
      instances.some(({ model }) => model.name === chatty),
    );
    const { text, reason, stats } = await lsp.request(chatRequest, hello);
    assert.ok(text.length > 0);
    assert.deepEqual([reason, stats.generated_tokens], ['length', 12]);
    await placing;
    const { instances } = await host.state();
    const chats = instances.map(({ model, chat_template }) => [model.name, chat_template]);
    assert.deepEqual(Object.fromEntries(chats), { [embedded]: false, [chatty]: true });
  });

  it('comes in parts, which are the whole', async () => {
    const whole = await lsp.request(chatRequest, hello);
    const { text, reason } = await lsp.request(chatRequest, { ...hello, partialResultToken: 'parts' });
    const parts = partsOf(lsp, 'parts');
    assert.ok(parts.length > 1, `${parts.length} parts`);
    assert.deepEqual([parts.join(''), text, reason], [whole.text, '', 'length']);
  });

  it('ends before a stop text, and draws the same with the same seed', async () => {
    const whole = (await lsp.request(chatRequest, drawn)).text;
    const stop = whole.slice(4, 7);
    const { text, reason } = await lsp.request(chatRequest, { ...drawn, stop });
    assert.deepEqual([text, reason], [whole.slice(0, whole.indexOf(stop)), 'stop']);
    const other = await lsp.request(chatRequest, { ...drawn, seed: 2 });
    assert.notEqual(other.text, whole);
  });

  it('writes no more than its context has left', async () => {
    const messages = [{ role: 'user' as const, content: 'word '.repeat(1900) }];
    const { reason, stats } = await lsp.request(chatRequest, { ...endless, messages });
    assert.equal(reason, 'length');
    assert.equal(stats.prompt_tokens + stats.generated_tokens, context - 1);
  });

  it('that is cancelled frees its sequence, and hears nothing more', async () => {
    const cancel = new AbortController();
    const answer = lsp.request(chatRequest, { ...endless, partialResultToken: 'cancelled' }, cancel.signal);
    await until('the first part', () => partsOf(lsp, 'cancelled').length > 0);
    cancel.abort();
    await assert.rejects(answer);
    const heard = partsOf(lsp, 'cancelled').length;
    await writing(host, 0);
    // The model has only one sequence.
    await lsp.request(chatRequest, hello);
    assert.equal(partsOf(lsp, 'cancelled').length, heard);
  });

  it('that waits in line can be cancelled, too', async () => {
    process.kill(await chattyEngine(), 'SIGSTOP');
    const first = lsp.request(chatRequest, hello);
    await writing(host, 1);
    const cancel = new AbortController();
    const second = lsp.request(chatRequest, hello, cancel.signal);
    cancel.abort();
    await assert.rejects(second);
    process.kill(await chattyEngine(), 'SIGCONT');
    assert.equal((await first).stats.generated_tokens, 12);
  });

  it('ends with its window', async () => {
    const other = await host.lsp();
    const answer = other.request(chatRequest, { ...endless, partialResultToken: 'gone' });
    await until('the first part', () => partsOf(other, 'gone').length > 0);
    other.close();
    await assert.rejects(answer);
    await writing(host, 0);
    await lsp.request(chatRequest, hello);
  });

  const wordy = { role: 'user' as const, content: 'word '.repeat(5000) };
  const refused: [what: string, params: object, says: RegExp][] = [
    [
      'more than the context holds',
      { messages: [wordy] },
      /The prompt has \d{4,} tokens, which exceeds the model context window: it holds 4095/,
    ],
    [
      'far more than the context holds',
      { messages: Array(8).fill(wordy) },
      /The conversation has 200000 characters, which exceeds the model context window of 4096 tokens/,
    ],
    ['more than any context holds', { messages: Array(200).fill(wordy) }, /may have 4194304 characters/],
    ['a model without a template', { model: embedded }, /no chat template/],
    ['a model that is not there', { model: 'gpt-4o' }, /gpt-4o is not placed any more/],
    [
      'what the template refuses',
      { messages: [{ role: 'assistant', content: 'x' }] },
      /refused the messages: .*An assistant does not begin/,
    ],
    ['no messages', { messages: [] }, /Wrong parameters.*messages/s],
    ['a role that there is not', { messages: [{ role: 'oracle', content: 'x' }] }, /Wrong parameters.*role/s],
  ];
  for (const [what, params, says] of refused)
    it(`refuses ${what}, in words`, async () => {
      await assert.rejects(lsp.send(chatRequest.method, { ...hello, ...params }), says);
    });

  it('a window that asks for too much at once is told so, and goes on', async () => {
    process.kill(await chattyEngine(), 'SIGSTOP');
    const answers = Array.from({ length: 33 }, () => lsp.request(chatRequest, { ...hello, max_tokens: 1 }));
    const outcomes = Promise.allSettled(answers);
    await assert.rejects(Promise.race(answers), /asked for 32 things at once/);
    process.kill(await chattyEngine(), 'SIGCONT');
    const failed = (await outcomes).filter(({ status }) => status === 'rejected');
    assert.equal(failed.length, 1);
  });

  it('tokens are counted as the model reads them', async () => {
    const text = 'for (const a of b) {}';
    const { tokens } = z.object({ tokens: z.array(z.number()) }).parse(
      await (
        await fetch(`http://${host.ready.http}/tokenize`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: chatty, content: text }),
        })
      ).json(),
    );
    assert.deepEqual(await lsp.request(countTokensRequest, { model: chatty, text }), {
      tokens: tokens.length,
    });
    assert.deepEqual(await lsp.request(countTokensRequest, { model: chatty, text: '' }), { tokens: 0 });
    await assert.rejects(lsp.request(countTokensRequest, { model: 'gpt-4o', text }), /not ready/);
    await assert.rejects(
      lsp.send(countTokensRequest.method, { model: chatty, text: 'x'.repeat(2 ** 20 + 1) }),
      /Wrong parameters/,
    );
  });

  it('its engine dies in the middle: that is said, and the next question is answered', async () => {
    const engine = await chattyEngine();
    const answer = lsp.request(chatRequest, { ...endless, partialResultToken: 'dies' });
    await until('the first part', () => partsOf(lsp, 'dies').length > 0);
    process.kill(engine, 'SIGKILL');
    await assert.rejects(answer, /engine/);
    assert.equal((await lsp.request(chatRequest, hello)).stats.generated_tokens, 12);
  });

  async function chattyEngine(): Promise<number> {
    return until('its engine', async () => {
      const { instances } = await host.state();
      return instances.find(({ model, state }) => model.name === chatty && state === 'ready')?.engine_pid;
    });
  }
});

describe('host: chats with a model that completes, too', () => {
  afterEach(cleanUp);

  it('leave a sequence for the next key', async () => {
    const host = await hostWithChatModel();
    const lsp = await host.lsp();
    await lsp.request(placeRequest, { model_id: chatty, sequences: 2 });
    await lsp.stateIs('it completes', ({ completing }) => completing?.startsWith(chatty) ?? false);
    const over = new AbortController();
    let answered = 0;
    const chats = [1, 2, 3].map(() =>
      lsp.request(chatRequest, endless, over.signal).then(
        () => answered++,
        () => {},
      ),
    );
    await writing(host, 1);
    await lsp.open('file:///a.ts', 'const a = \n');
    await lsp.complete('file:///a.ts', 0, 10);
    assert.equal(answered, 0, 'no chat had to end for it');
    over.abort();
    await Promise.all(chats);
  });
});

describe('host: a chat with a model of another machine', () => {
  let workstation: HostUnderTest;
  let laptop: LspClient;
  before(async () => {
    const args = ['--peer-port', '0'];
    const laptopHost = await startHost({ args });
    workstation = await hostWithChatModel(args);
    const admin = await workstation.lsp();
    await admin.request(placeRequest, { model_id: chatty, role: 'chat', sequences: 1 });
    laptop = await laptopHost.lsp();
    await laptop.request(joinRequest, { line: (await admin.request(inviteRequest, {})).line });
    await laptop.stateIs('the model of the workstation', ({ instances }) =>
      instances.some(({ model, chat_template }) => model.name === chatty && chat_template === true),
    );
  });
  after(cleanUp);

  it('is answered over there, in parts', async () => {
    const { stats } = await laptop.request(chatRequest, { ...hello, partialResultToken: 'far' });
    assert.equal(stats.generated_tokens, 12);
    assert.ok(partsOf(laptop, 'far').join('').length > 0);
    const { tokens } = await laptop.request(countTokensRequest, {
      model: chatty,
      text: 'for (const a of b)',
    });
    assert.ok(tokens > 3);
  });

  it('that is cancelled ends over there', async () => {
    const cancel = new AbortController();
    const answer = laptop.request(chatRequest, { ...endless, partialResultToken: 'stopped' }, cancel.signal);
    await until('the first part', () => partsOf(laptop, 'stopped').length > 0);
    cancel.abort();
    await assert.rejects(answer);
    await writing(workstation, 0);
  });

  it('that is too long is refused, with both numbers', async () => {
    const messages = [{ role: 'user' as const, content: 'word '.repeat(5000) }];
    await assert.rejects(
      laptop.request(chatRequest, { ...hello, messages }),
      /\d{4,} tokens, which exceeds .* 4095/,
    );
  });

  it('that was removed over there is said', async () => {
    const [instance] = (await workstation.state()).instances.filter(({ model }) => model.name === chatty);
    await laptop.request(unplaceRequest, { instance_id: `${instance?.id}@${await nameOf(workstation)}` });
    await laptop.stateIs('it is gone', ({ instances }) =>
      instances.every(({ model }) => model.name !== chatty),
    );
    await assert.rejects(laptop.request(chatRequest, hello), /not placed any more/);
  });

  async function nameOf(host: HostUnderTest): Promise<string> {
    return (await host.state()).topology.nodes.find(({ status }) => status === 'this')?.name ?? '';
  }
});
