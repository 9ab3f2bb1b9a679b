/**
 * A completion connection that is open already: shaking hands takes longer than the network does. The first completion at
 * a machine opens one, and from then on the next one waits, until nobody wants it for a minute.
 */
import type { Channel } from '../wire';

/** ms that a spare one waits. */
const idleMs = 60_000;

export type OpenChannel = (peerId: string, signal: AbortSignal) => Promise<Channel>;

export interface SpareChannels {
  readonly open: OpenChannel;
  close(): void;
}

export function createSpareChannels(open: OpenChannel): SpareChannels {
  const spares = new Map<string, Channel>();
  const opening = new Set<string>();
  const closing = new AbortController();

  /** Nobody waits for it: one that cannot be had is had when it is wanted. */
  async function prepare(peerId: string): Promise<void> {
    if (spares.has(peerId) || opening.has(peerId) || closing.signal.aborted) return;
    opening.add(peerId);
    try {
      const channel = await open(peerId, closing.signal);
      const { socket } = channel;
      if (closing.signal.aborted || socket.destroyed) {
        socket.destroy();
        return;
      }
      spares.set(peerId, channel);
      const limit = setTimeout(() => spares.get(peerId) === channel && socket.destroy(), idleMs).unref();
      const forget = () => {
        clearTimeout(limit);
        if (spares.get(peerId) === channel) spares.delete(peerId);
      };
      socket.once('close', forget).once('end', forget);
    } catch {
    } finally {
      opening.delete(peerId);
    }
  }

  return {
    async open(peerId, signal) {
      const spare = spares.get(peerId);
      spares.delete(peerId);
      const channel = spare ?? (await open(peerId, signal));
      // Not beside the completion: shaking hands would take time from it.
      channel.socket.once('close', () => void prepare(peerId));
      return channel;
    },
    close() {
      closing.abort();
      for (const { socket } of spares.values()) socket.destroy();
      spares.clear();
    },
  };
}
