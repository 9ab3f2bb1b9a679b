/** Who completes, told from what each machine has; and what happens when it ends in the middle. */
import assert from 'node:assert/strict';
import type { FimTokens, GenerationStats, Instance, LinkStatus } from '#protocol';
import type { RemoteNode } from '../../../server/src/cluster';
import type { CompletionModel, GenerateRequest } from '../../../server/src/completion';
import {
  createNearest,
  type NearestParts,
  type OwnGeneration,
  type OwnModel,
  type RemoteRequest,
} from '../../../server/src/sharing/nearest';
import { sampleDocument, sampleInstance } from '../api/sample-state';

const fim: FimTokens = { prefix: '<p>', suffix: '<s>', middle: '<m>', repository: null, file: null };

interface Far {
  readonly id: string;
  readonly instance: Partial<Instance>;
  readonly status?: LinkStatus;
  readonly roundTripMs?: number;
  readonly requests?: number;
}

interface Own {
  readonly state: Instance['state'];
  readonly placedBy: Instance['placed_by'];
}

function remoteNode({ id, instance, status = 'online', roundTripMs = 1, requests = 0 }: Far): RemoteNode {
  return {
    left: false,
    peer: {
      node_id: id,
      name: id,
      status,
      version: '0.1.0',
      addresses: [],
      round_trip_ms: roundTripMs,
      bytes_per_second: null,
      added_by: id,
      added_at: 0,
      problem: null,
    },
    document: sampleDocument({
      instances: [sampleInstance({ id: 'one', placed_by: 'user', fim, ...instance })],
      requests,
    }),
  };
}

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

function generation(write: () => AsyncIterable<string>): OwnGeneration {
  return {
    [Symbol.asyncIterator]: () => write()[Symbol.asyncIterator](),
    done: Promise.resolve({ stats: cost }),
  };
}

type Script = (request: RemoteRequest) => AsyncIterable<string>;

/** Each model says where it runs. */
function nearestOf(
  own: Own | null,
  far: readonly Far[],
  script: Script = async function* ({ peerId }) {
    yield peerId;
  },
  /** Who was told to bring a model back. */
  woken: string[] = [],
) {
  const placed: OwnModel | null = own && {
    ...own,
    id: 'own-1',
    model: sampleInstance().model,
    snapshot: () => sampleInstance({ id: 'own-1', fim }),
    generate: () =>
      generation(async function* () {
        yield 'own';
      }),
  };
  const parts: NearestParts = {
    instances: {
      forCompletion: () => placed,
      readyForCompletion: async () => (placed?.state === 'idle' || placed?.state === 'ready' ? placed : null),
    },
    cluster: {
      nodes: () => far.map(remoteNode),
      onChange: () => () => {},
      async request(peer, { method }) {
        woken.push(`${peer} ${method}`);
        throw new Error('It does not answer.');
      },
    },
    generateRemotely: script,
  };
  return createNearest(parts);
}

async function written(
  model: CompletionModel | null,
  signal = new AbortController().signal,
  onCost = (_stats: GenerationStats) => {},
): Promise<string | null> {
  if (model === null) return null;
  let all = '';
  const request: GenerateRequest = {
    prompt: [],
    maxTokens: 9,
    temperature: 0,
    seed: 0,
    priority: 'user',
    affinity: 'x',
    signal,
    onCost,
  };
  for await (const text of model.generate(request)) all += text;
  return all;
}

const never = new AbortController().signal;

describe('sharing: who completes', () => {
  const cases: [what: string, own: Own | null, far: Far[], who: string | null][] = [
    ['nobody', null, [], null],
    ['its own, alone', { state: 'ready', placedBy: 'default' }, [], 'own'],
    [
      'its own that somebody chose, before others',
      { state: 'ready', placedBy: 'user' },
      [{ id: 'a', instance: {} }],
      'own',
    ],
    [
      'another one’s that somebody chose, before its own default',
      { state: 'ready', placedBy: 'default' },
      [{ id: 'a', instance: {} }],
      'a',
    ],
    [
      'its own default, before another default',
      { state: 'ready', placedBy: 'default' },
      [{ id: 'a', instance: { placed_by: 'default' } }],
      'own',
    ],
    [
      'another one’s, while its own is loading',
      { state: 'loading', placedBy: 'user' },
      [{ id: 'a', instance: {} }],
      'a',
    ],
    [
      'its own idle one that somebody chose is woken',
      { state: 'idle', placedBy: 'user' },
      [{ id: 'a', instance: {} }],
      'own',
    ],
    ['not one that is loading', null, [{ id: 'a', instance: { state: 'loading' } }], null],
    ['not one for chat', null, [{ id: 'a', instance: { role: 'chat' } }], null],
    ['not one without fill-in-the-middle tokens', null, [{ id: 'a', instance: { fim: null } }], null],
    ['not one of a machine that is silent', null, [{ id: 'a', instance: {}, status: 'suspect' }], null],
    ['not one of a machine that has gone', null, [{ id: 'a', instance: {}, status: 'gone' }], null],
    [
      'the faster one',
      null,
      [
        { id: 'a', instance: { tokens_per_second: 20 } },
        { id: 'b', instance: { tokens_per_second: 200 } },
      ],
      'b',
    ],
    [
      'the nearer one',
      null,
      [
        { id: 'a', instance: {}, roundTripMs: 300 },
        { id: 'b', instance: {} },
      ],
      'b',
    ],
    [
      'the one with nobody before it',
      null,
      [
        { id: 'a', instance: { sequences: 2 }, requests: 5 },
        { id: 'b', instance: { sequences: 2 } },
      ],
      'b',
    ],
  ];
  for (const [what, own, far, who] of cases)
    it(what, async () => {
      const nearest = nearestOf(own, far);
      const now = nearest.current();
      assert.equal(now && (now.nodeId ?? 'own'), who, 'is shown');
      assert.equal(await written(await nearest.readyForCompletion(never)), who, 'completes');
    });

  it('nobody, once it was cancelled', async () => {
    const aborted = AbortSignal.abort();
    assert.equal(await nearestOf(null, []).readyForCompletion(aborted), null);
  });
});

describe('sharing: an idle model of another machine', () => {
  const idle: Far = { id: 'a', instance: { state: 'idle', fim: null } };
  const cases: [
    what: string,
    own: Own | null,
    far: Far[],
    shown: string,
    writes: string | null,
    told: string[],
  ][] = [
    [
      'is brought back, and its own default completes until it is there',
      { state: 'ready', placedBy: 'default' },
      [idle],
      'a',
      'own',
      ['a node/wake'],
    ],
    ['is brought back where there is no other', null, [idle], 'a', null, ['a node/wake']],
    ['is left alone where another one is ready', null, [idle, { id: 'b', instance: {} }], 'b', 'b', []],
    [
      'is left alone where its own was chosen, too',
      { state: 'idle', placedBy: 'user' },
      [idle],
      'own',
      'own',
      [],
    ],
    [
      'that nobody chose is left alone where its own does as well',
      { state: 'ready', placedBy: 'default' },
      [{ ...idle, instance: { ...idle.instance, placed_by: 'default' } }],
      'own',
      'own',
      [],
    ],
  ];
  for (const [what, own, far, shown, writes, told] of cases)
    it(what, async () => {
      const woken: string[] = [];
      const nearest = nearestOf(own, far, undefined, woken);
      const now = nearest.current();
      assert.equal(now && (now.nodeId ?? 'own'), shown);
      // Who thinks ahead brings nothing back.
      nearest.readyNow();
      assert.deepEqual(woken, []);
      assert.equal(await written(await nearest.readyForCompletion(never)), writes);
      assert.deepEqual(woken, told);
    });
});

describe('sharing: a machine that dies while it writes', () => {
  const two: Far[] = [
    { id: 'a', instance: {}, roundTripMs: 1 },
    { id: 'b', instance: {}, roundTripMs: 2 },
  ];
  const dies: Script = async function* ({ peerId, prompt }) {
    if (peerId === 'b') {
      yield `b after ${JSON.stringify(prompt.at(-1))}`;
      return;
    }
    yield 'let ';
    yield 'x';
    throw new Error('a is gone');
  };

  it('another one that has the same model goes on from where it stopped', async () => {
    const model = await nearestOf(null, two, dies).readyForCompletion(never);
    const soFar = JSON.stringify({ kind: 'text', text: 'let x', max_tokens: 9, keep: 'end' });
    assert.equal(await written(model), `let xb after ${soFar}`);
  });

  it('one with another model does not', async () => {
    const other = { ...sampleInstance().model, name: 'other' };
    const far = [two[0] ?? assert.fail(), { id: 'b', instance: { model: other } }];
    const model = await nearestOf(null, far, dies).readyForCompletion(never);
    await assert.rejects(written(model), /a is gone/);
  });

  it('one that is idle does not', async () => {
    const far = [two[0] ?? assert.fail(), { id: 'b', instance: { state: 'idle' as const } }];
    const model = await nearestOf(null, far, dies).readyForCompletion(never);
    await assert.rejects(written(model), /a is gone/);
  });

  it('nor does one after the other for ever', async () => {
    const asked: string[] = [];
    const model = await nearestOf(null, two, async function* ({ peerId }) {
      asked.push(peerId);
      yield '';
      throw new Error(`${peerId} is gone`);
    }).readyForCompletion(never);
    await assert.rejects(written(model), /b is gone/);
    assert.deepEqual(asked, ['a', 'b']);
  });

  it('nor when nobody wants it any more', async () => {
    const cancel = new AbortController();
    const model = await nearestOf(null, two, async function* () {
      yield 'x';
      cancel.abort();
      throw new Error('cancelled');
    }).readyForCompletion(never);
    await assert.rejects(written(model, cancel.signal), /cancelled/);
  });

  describe('what it has cost', () => {
    it('is told by its own engine', async () => {
      const told: GenerationStats[] = [];
      const model = await nearestOf({ state: 'ready', placedBy: 'user' }, []).readyForCompletion(never);
      await written(model, never, (stats) => told.push(stats));
      assert.deepEqual(told, [cost]);
    });

    it('is told by another machine', async () => {
      const told: GenerationStats[] = [];
      const model = await nearestOf(null, [{ id: 'a', instance: {} }], async function* ({ onCost }) {
        yield 'a';
        onCost(cost);
      }).readyForCompletion(never);
      await written(model, never, (stats) => told.push(stats));
      assert.deepEqual(told, [cost]);
    });
  });

  describe('its own engine dies in the middle', () => {
    /** @param deaths before it stays alive */
    const mortal = (deaths: number, comesBack = true) => {
      let lives = 0;
      const own: OwnModel = {
        id: 'own-1',
        model: sampleInstance().model,
        placedBy: 'user',
        state: 'ready',
        snapshot: () => sampleInstance({ id: 'own-1', fim }),
        generate: () =>
          generation(async function* () {
            lives += 1;
            yield `life ${lives}; `;
            if (lives <= deaths) throw new Error('The engine was killed.');
          }),
      };
      return createNearest({
        instances: {
          forCompletion: () => own,
          readyForCompletion: async () => (comesBack ? own : null),
        },
        cluster: { nodes: () => [], onChange: () => () => {}, request: () => assert.fail() },
        generateRemotely: () => assert.fail('there is no other machine'),
      }).readyForCompletion(never);
    };

    it('it is asked once more when it is back', async () => {
      assert.equal(await written(await mortal(1)), 'life 1; life 2; ');
    });

    it('but only once', async () => {
      await assert.rejects(written(await mortal(2)), /was killed/);
    });

    it('and not when it does not come back', async () => {
      await assert.rejects(written(await mortal(1, false)), /was killed/);
    });
  });
});
