/** Who places anew what a machine ran that has died, and when not. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import pino from 'pino';
import type { Instance, LinkStatus } from '#protocol';
import type { RemoteNode } from '../../../server/src/cluster';
import { watchForHeirs } from '../../../server/src/sharing/heirs';
import { sampleDocument, sampleInstance, samplePreview } from '../api/sample-state';

const log = pino({ level: 'silent' });

interface Fake {
  readonly id: string;
  status: LinkStatus;
  left?: boolean;
  instances?: Partial<Instance>[];
}

function remoteNode({ id, status, left = false, instances = [] }: Fake): RemoteNode {
  return {
    left,
    peer: {
      node_id: id,
      name: id,
      status,
      version: null,
      addresses: [],
      round_trip_ms: null,
      bytes_per_second: null,
      added_by: id,
      added_at: 0,
      problem: null,
    },
    document: sampleDocument({
      instances: instances.map((instance) =>
        sampleInstance({ id: 'coder-1', placed_by: 'user', state: 'ready', ...instance }),
      ),
    }),
  };
}

/** This node is "m". */
function watched(
  nodes: Fake[],
  here = { mark: 'office', waking: false },
  full: 'for more than the default' | 'for all' | null = null,
) {
  const listeners = new Set<() => void>();
  const done: string[] = [];
  const stop = watchForHeirs({
    nodeId: 'm',
    cluster: {
      nodes: () => nodes.map(remoteNode),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    async place({ modelId, wishes }) {
      const context = wishes.context_size === undefined ? '' : ` with ${wishes.context_size}`;
      done.push(`place ${modelId}${context}`);
      if (full === 'for all' || (full !== null && context !== '')) throw new Error('It does not fit.');
      return sampleInstance({ id: 'stand-in' });
    },
    async unplace(id) {
      done.push(`unplace ${id}`);
    },
    whereabouts: { mark: () => here.mark, isWaking: () => here.waking },
    log,
  });
  const change = (act: () => void) => {
    act();
    for (const listener of listeners) listener();
  };
  change(() => {});
  return { done, change, stop };
}

describe('sharing: heirs', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }));
  afterEach(() => mock.timers.reset());

  const model = sampleInstance().model.name;
  const dying = (instance: Partial<Instance> = {}): Fake => ({
    id: 'x',
    status: 'online',
    instances: [instance],
  });

  it('what a dead machine ran is placed anew, once', () => {
    const node = dying();
    const { done, change } = watched([node]);
    change(() => {
      node.status = 'gone';
    });
    mock.timers.tick(3900);
    assert.deepEqual(done, []);
    mock.timers.tick(200);
    change(() => {});
    mock.timers.tick(60_000);
    assert.deepEqual(done, [`place ${model}`]);
  });

  const nothing: [string, (node: Fake) => void, Partial<Instance>?][] = [
    ['one that left by wish', (node) => Object.assign(node, { status: 'gone', left: true })],
    ['one that is there', () => {}],
    [
      'what was there by default',
      (node) => Object.assign(node, { status: 'gone' }),
      { placed_by: 'default' },
    ],
    ['what had failed there', (node) => Object.assign(node, { status: 'gone' }), { state: 'failed' }],
  ];
  for (const [what, act, instance] of nothing)
    it(`nothing is inherited from ${what}`, () => {
      const node = dying(instance);
      const { done, change } = watched([node]);
      change(() => act(node));
      mock.timers.tick(60_000);
      assert.deepEqual(done, []);
    });

  for (const [what, moved] of [
    ['has gone elsewhere', { mark: 'home', waking: false }],
    ['has just woken', { mark: 'office', waking: true }],
  ] as const)
    it(`a machine does not inherit that ${what} itself`, () => {
      const node = dying();
      const here = { mark: 'office', waking: false };
      const { done, change } = watched([node], here);
      Object.assign(here, moved);
      change(() => {
        node.status = 'gone';
      });
      mock.timers.tick(60_000);
      assert.deepEqual(done, []);
    });

  it('it is placed with the context that it had; where that does not fit, as by default', async () => {
    const node = dying({ placement: samplePreview({ context_size: 8192 }) });
    const { done, change } = watched([node], { mark: 'office', waking: false }, 'for more than the default');
    change(() => {
      node.status = 'gone';
    });
    mock.timers.tick(5000);
    await new Promise((fulfil) => setImmediate(fulfil));
    assert.deepEqual(done, [`place ${model} with 8192`, `place ${model}`]);
  });

  it('a short fault of the network is not a death', () => {
    const node = dying();
    const { done, change } = watched([node]);
    change(() => {
      node.status = 'suspect';
    });
    mock.timers.tick(3000);
    change(() => {
      node.status = 'online';
    });
    mock.timers.tick(60_000);
    assert.deepEqual(done, []);
  });

  it('only the machine with the lowest id of those that are there is the heir', () => {
    const node = dying();
    const other: Fake = { id: 'a', status: 'online' };
    const { done, change } = watched([node, other]);
    change(() => {
      node.status = 'gone';
    });
    mock.timers.tick(60_000);
    assert.deepEqual(done, []);
  });

  it('when the original is back and ready, the stand-in is removed', async () => {
    const node = dying();
    const { done, change } = watched([node]);
    change(() => {
      node.status = 'gone';
    });
    mock.timers.tick(5000);
    change(() => Object.assign(node, { status: 'online', instances: [{ state: 'loading' }] }));
    await Promise.resolve();
    assert.deepEqual(done, [`place ${model}`]);
    change(() => Object.assign(node, { instances: [{ state: 'ready' }] }));
    await new Promise((fulfil) => setImmediate(fulfil));
    assert.deepEqual(done, [`place ${model}`, 'unplace stand-in']);
  });

  it('a host that starts again counts its instances anew: the model tells which one is back', async () => {
    const node = dying({ id: 'coder-2' });
    const { done, change } = watched([node]);
    change(() => {
      node.status = 'gone';
    });
    mock.timers.tick(5000);
    const byDefault: Partial<Instance> = { id: 'coder-2', placed_by: 'default' };
    change(() => Object.assign(node, { status: 'online', instances: [byDefault] }));
    await new Promise((fulfil) => setImmediate(fulfil));
    assert.deepEqual(done, [`place ${model}`], 'what nobody chose is not what it ran');
    change(() => Object.assign(node, { instances: [{ id: 'coder-1' }] }));
    await new Promise((fulfil) => setImmediate(fulfil));
    assert.deepEqual(done, [`place ${model}`, 'unplace stand-in']);
  });

  describe('a machine that comes back without what it ran', () => {
    const settle = () => new Promise((fulfil) => setImmediate(fulfil));
    /** It died, and somebody stands in for it. */
    const inherited = async (full: 'for all' | null = null) => {
      const node = dying();
      const all = watched([node], { mark: 'office', waking: false }, full);
      const says = async (changes: Partial<Fake>) => {
        all.change(() => Object.assign(node, changes));
        await settle();
      };
      const dies = async () => {
        await says({ status: 'gone' });
        mock.timers.tick(5000);
        await settle();
      };
      await dies();
      return { ...all, says, dies };
    };

    for (const [what, instances] of [
      ['it is not placed there any more', []],
      ['it failed there', [{ state: 'failed' }]],
    ] as const)
      it(`${what}: the stand-in stays, whatever is placed there later, and that is inherited as well`, async () => {
        const { done, says, dies } = await inherited();
        await says({ status: 'online', instances: [...instances] });
        mock.timers.tick(61_000);
        await says({});
        await says({ instances: [{ state: 'ready' }] });
        assert.deepEqual(done, [`place ${model}`]);
        await dies();
        assert.deepEqual(done, [`place ${model}`, `place ${model}`]);
      });

    it('a host that starts may not have begun to place: it is waited for', async () => {
      const { done, says } = await inherited();
      await says({ status: 'online', instances: [] });
      mock.timers.tick(30_000);
      await says({ instances: [{ state: 'failed' }] });
      await says({ instances: [{ state: 'loading' }] });
      mock.timers.tick(60_000);
      await says({});
      await says({ instances: [{ state: 'ready' }] });
      assert.deepEqual(done, [`place ${model}`, 'unplace stand-in']);
    });

    it('what could not be placed anew is tried again when it dies again', async () => {
      const { done, says, dies } = await inherited('for all');
      await says({ status: 'online', instances: [{ state: 'loading' }] });
      await dies();
      assert.deepEqual(done, [`place ${model}`, `place ${model}`]);
    });
  });
});
