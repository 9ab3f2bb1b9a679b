import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { createEventHub, type EventHub } from '../../../server/src/api/event-hub';

/** A stream whose reader takes a chunk only when the test says so. */
class Reader extends Writable {
  readonly got: string[] = [];
  private taken: (() => void) | null = null;

  constructor() {
    super({ highWaterMark: 1, decodeStrings: false });
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.got.push(chunk);
    this.taken = done;
  }

  async take(): Promise<void> {
    const done = this.taken;
    this.taken = null;
    done?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function createSource() {
  let current = 0;
  const changes = new Set<(document: number) => void>();
  const lookers = new Set<object>();
  return {
    changes,
    lookers,
    state: () => current,
    onChange(listener: (document: number) => void) {
      changes.add(listener);
      return () => changes.delete(listener);
    },
    look() {
      const looker = {};
      lookers.add(looker);
      return () => lookers.delete(looker);
    },
    change(document: number) {
      current = document;
      for (const listener of changes) listener(document);
    },
  };
}

describe('event hub', () => {
  let source: ReturnType<typeof createSource>;
  let hub: EventHub;

  beforeEach(() => {
    source = createSource();
    hub = createEventHub<number>({ source, frame: (document) => `<${document}>`, heartbeatMs: 60_000 });
  });
  afterEach(() => hub.close());

  it('sends the current document at once and each change to a reader that keeps up', async () => {
    const reader = new Reader();
    hub.add(reader);
    await reader.take();
    for (const document of [1, 2]) {
      source.change(document);
      await reader.take();
    }
    assert.deepEqual(reader.got, ['<0>', '<1>', '<2>']);
  });

  it('gives a slow reader the newest document and nothing in between', async () => {
    const slow = new Reader();
    hub.add(slow);
    for (let document = 1; document <= 1000; document++) source.change(document);
    assert.ok(slow.writableLength <= 3, `${slow.writableLength} characters wait`);
    await slow.take();
    await slow.take();
    assert.deepEqual(slow.got, ['<0>', '<1000>']);
  });

  it('watches the source only while someone listens', async () => {
    assert.deepEqual([source.changes.size, source.lookers.size], [0, 0]);
    const readers = [new Reader(), new Reader()];
    for (const reader of readers) hub.add(reader);
    assert.deepEqual([hub.size, source.changes.size, source.lookers.size], [2, 1, 1]);
    for (const reader of readers) {
      reader.destroy(new Error('connection reset'));
      await new Promise((resolve) => reader.once('close', resolve));
    }
    assert.deepEqual([hub.size, source.changes.size, source.lookers.size], [0, 0, 0]);
  });

  it('ignores a stream that is gone already', () => {
    hub.add(new Reader().destroy());
    assert.deepEqual([hub.size, source.lookers.size], [0, 0]);
  });

  it('ends every stream when it closes', async () => {
    const reader = new Reader();
    hub.add(reader);
    hub.close();
    await reader.take();
    await reader.take();
    assert.ok(reader.writableFinished);
    assert.deepEqual([hub.size, source.lookers.size], [0, 0]);
  });

  it('sends comments to a reader that keeps up, and cuts off one that reads nothing', async () => {
    const beating = createEventHub<number>({ source, frame: (document) => `<${document}>`, heartbeatMs: 5 });
    const attentive = new Reader();
    const stuck = new Reader();
    for (const reader of [attentive, stuck]) beating.add(reader);
    await attentive.take();
    await once(stuck, 'close');
    assert.deepEqual(attentive.got, ['<0>', ': still here\n\n']);
    assert.equal(attentive.destroyed, false);
    beating.close();
  });
});
