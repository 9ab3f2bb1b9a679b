import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { mock } from 'node:test';
import { createSpareChannels } from '../../../server/src/cluster/streams/spare-channels';
import type { Channel } from '../../../server/src/cluster/wire';

const never = new AbortController().signal;

function opened() {
  const channels: Channel[] = [];
  const spares = createSpareChannels(async (id) => {
    const peer = { id, name: id, version: '1' };
    const channel = { kind: 'completion' as const, peer, socket: new PassThrough(), remote: null };
    channels.push(channel);
    return channel;
  });
  return { channels, spares };
}

const settled = () => new Promise((fulfil) => setImmediate(fulfil));

/** A completion from its beginning to its end. */
async function ended(opening: Promise<Channel>): Promise<Channel> {
  const channel = await opening;
  channel.socket.destroy();
  await settled();
  await settled();
  return channel;
}

describe('cluster: a connection ahead', () => {
  it('the second completion finds one open, and each is used once', async () => {
    const { channels, spares } = opened();
    const first = await ended(spares.open('a', never));
    assert.equal(channels.length, 2);
    const second = await ended(spares.open('a', never));
    assert.deepEqual([first, second], channels.slice(0, 2));
    assert.equal(channels.length, 3);
    spares.close();
  });

  it('one that has ended meanwhile is not used', async () => {
    const { channels, spares } = opened();
    await ended(spares.open('a', never));
    channels[1]?.socket.destroy();
    await settled();
    assert.equal(await spares.open('a', never), channels[2]);
    spares.close();
  });

  it('none is left open for ever, nor after the end', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { channels, spares } = opened();
      await ended(spares.open('a', never));
      mock.timers.tick(60_000);
      assert.equal(channels[1]?.socket.destroyed, true);
      await settled();
      await ended(spares.open('b', never));
      spares.close();
      assert.equal(channels.at(-1)?.socket.destroyed, true);
    } finally {
      mock.timers.reset();
    }
  });
});
