/** A completion over a connection: its text, what it cost, and what an abort does. */
import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import type { GenerationStats } from '#protocol';
import { generateRemotely } from '../../../server/src/cluster/streams/generate-remotely';
import {
  type ServedGeneration,
  serveGenerations,
} from '../../../server/src/cluster/streams/serve-generations';
import type { Channel } from '../../../server/src/cluster/wire';
import { until } from '../../support/until';

const never = new AbortController().signal;
const cost: GenerationStats = {
  prompt_tokens: 4,
  reused_tokens: 1,
  evaluated_tokens: 3,
  generated_tokens: 2,
  queue_ms: 0,
  first_token_ms: 5,
  total_ms: 9,
  prefill_tokens_per_second: null,
  tokens_per_second: 250,
};
const params = { instance_id: 'one', prompt: [], max_tokens: 9, temperature: 0, affinity: 'a' };

function channel(name: string, socket: Duplex): Channel {
  return { kind: 'completion', peer: { id: name, name, version: '1' }, socket, remote: null };
}

/** An engine that writes `pieces`, and then nothing more until it is aborted. */
function endless(pieces: readonly string[], signal: AbortSignal): ServedGeneration {
  const aborted = new Promise<void>((fulfil) => signal.addEventListener('abort', () => fulfil()));
  return {
    async *[Symbol.asyncIterator]() {
      yield* pieces;
      await aborted;
    },
    done: aborted.then(() => ({ reason: 'aborted', stopped_by: null, stats: cost })),
  };
}

function play(serve: (signal: AbortSignal) => ServedGeneration, signal = never) {
  const [here, there] = duplexPair();
  const costs: GenerationStats[] = [];
  const asked: unknown[] = [];
  serveGenerations(channel('here', there), (request) => {
    asked.push(request.params);
    return serve(request.signal);
  });
  const text = generateRemotely({
    params,
    signal,
    onResult: ({ stats }) => costs.push(stats),
    onFailure: () => {},
    open: async () => channel('there', here),
  });
  return { text, costs, asked, here };
}

describe('cluster: a completion over a connection', () => {
  it('brings the text, and then what it cost', async () => {
    const { text, costs, asked, here } = play(() => ({
      async *[Symbol.asyncIterator]() {
        yield 'sum';
        yield '(a)';
      },
      done: Promise.resolve({ reason: 'end', stopped_by: null, stats: cost }),
    }));
    let all = '';
    for await (const piece of text) all += piece;
    assert.equal(all, 'sum(a)');
    assert.deepEqual(costs, [cost]);
    assert.deepEqual(asked, [{ ...params, seed: 0, priority: 'user' }]);
    await until('the connection is closed', async () => here.destroyed);
  });

  it('who reads no further still hears what it cost', async () => {
    const { text, costs, here } = play((signal) => endless(['sum', '('], signal));
    for await (const piece of text) {
      assert.equal(piece, 'sum');
      break;
    }
    await until('the connection is closed', async () => here.destroyed);
    assert.deepEqual(costs, [cost]);
  });

  it('an abort ends the text at once, and the cost comes later', async () => {
    const controller = new AbortController();
    const { text, costs, here } = play((signal) => endless(['sum'], signal), controller.signal);
    let all = '';
    for await (const piece of text) {
      all += piece;
      controller.abort();
    }
    assert.equal(all, 'sum');
    assert.deepEqual(costs, []);
    await until('the connection is closed', async () => here.destroyed);
    assert.deepEqual(costs, [cost]);
  });

  it('one that was aborted before it began asks for nothing', async () => {
    const { text, asked, here } = play((signal) => endless(['sum'], signal), AbortSignal.abort());
    for await (const _ of text) assert.fail('there was text');
    await until('the connection is closed', async () => here.destroyed);
    assert.deepEqual(asked, []);
  });

  it('a peer that does not hear of the abort is hung up on', async () => {
    const { text, costs, here } = play(() => endless(['sum'], never));
    for await (const _ of text) break;
    await until('the connection is closed', async () => here.destroyed);
    assert.deepEqual(costs, []);
  });

  it('a failure over there is an error in words', async () => {
    const { text, costs } = play(() => {
      throw new Error('There is no instance "one" any more.');
    });
    await assert.rejects(async () => {
      for await (const _ of text) assert.fail('there was text');
    }, /^Error: there: There is no instance "one" any more\.$/);
    assert.deepEqual(costs, []);
  });

  it('a connection that breaks is an error in words', async () => {
    const { text, here } = play((signal) => endless(['sum'], signal));
    await assert.rejects(async () => {
      for await (const _ of text) here.destroy();
    }, /^Error: The connection to there broke while it was writing\.$/);
  });
});
