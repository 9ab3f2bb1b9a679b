/**
 * Sends the newest document to every listener. A listener that reads slowly skips what it has no room for: it
 * holds at most one document in its stream and one, shared with the others, that waits. One that does not read at
 * all is cut off at the second heartbeat.
 */
import type { Writable } from 'node:stream';

export interface EventSource<Document> {
  state(): Document;
  onChange(listener: (document: Document) => void): () => void;
  look(): () => void;
}

export interface EventHub {
  readonly size: number;
  /** Sends the current document now and each later one until the stream closes. */
  add(stream: Writable): void;
  /** Ends every stream. */
  close(): void;
}

interface Listener {
  send(frame: string): void;
  beat(): void;
}

export function createEventHub<Document>(options: {
  source: EventSource<Document>;
  /** A document as it goes over the wire. */
  frame: (document: Document) => string;
  heartbeatMs: number;
}): EventHub {
  const { source, frame } = options;
  const listeners = new Map<Writable, Listener>();
  let stopWatching: (() => void) | null = null;

  /** The source works only while someone listens. */
  function watch(): () => void {
    const stopLooking = source.look();
    const stopChanges = source.onChange((document) => {
      const text = frame(document);
      for (const listener of listeners.values()) listener.send(text);
    });
    const heartbeat = setInterval(() => {
      for (const listener of listeners.values()) listener.beat();
    }, options.heartbeatMs);
    heartbeat.unref();
    return () => {
      clearInterval(heartbeat);
      stopChanges();
      stopLooking();
    };
  }

  function remove(stream: Writable): void {
    if (!listeners.delete(stream) || listeners.size > 0) return;
    stopWatching?.();
    stopWatching = null;
  }

  return {
    get size() {
      return listeners.size;
    },
    add(stream) {
      if (stream.destroyed) return;
      const listener = createListener(stream);
      listener.send(frame(source.state()));
      listeners.set(stream, listener);
      stream.once('close', () => remove(stream));
      stream.on('error', () => stream.destroy());
      stopWatching ??= watch();
    },
    close() {
      for (const stream of [...listeners.keys()]) {
        remove(stream);
        stream.end();
      }
    },
  };
}

function createListener(stream: Writable): Listener {
  let hasRoom = true;
  let waiting: string | null = null;
  let missedBeats = 0;

  function write(text: string): void {
    hasRoom = stream.write(text);
  }

  stream.on('drain', () => {
    hasRoom = true;
    missedBeats = 0;
    const text = waiting;
    waiting = null;
    if (text !== null) write(text);
  });

  return {
    send(text) {
      if (hasRoom) write(text);
      else waiting = text;
    },
    beat() {
      if (hasRoom) write(': still here\n\n');
      else if (++missedBeats >= 2) stream.destroy();
    },
  };
}
