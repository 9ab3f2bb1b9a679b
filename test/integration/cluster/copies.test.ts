/** Model files go from one member to another: whole, in pieces, on after an interruption, and nothing else does. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelRef } from '#protocol';
import { modelsIn } from '../../../server/src/models/gguf-folder';
import { fetchFromPeer, serveCopies } from '../../../server/src/sharing/copies';
import { until } from '../../support/until';
import { downloadsIn, freshFolder as freshModels, tidy } from '../models/harness';
import { cleanUp, join, seen, startNode, stopNode, type TestNode } from './support';

const bytes = 3 * 2 ** 20;

describe('cluster: copies of models', () => {
  let holder: TestNode;
  let receiver: TestNode;
  let folder: string;
  let content: Buffer;

  beforeEach(async () => {
    folder = freshModels();
    content = Buffer.concat([Buffer.from('GGUF'), randomBytes(bytes)]);
    writeFileSync(path.join(folder, 'coder.gguf'), content);
    writeFileSync(path.join(folder, 'notes.txt'), 'private');
    [holder, receiver] = [await startNode('holder'), await startNode('receiver')];
    await join(holder, receiver);
    serve(holder);
    await until('they are connected', () => seen(receiver)[0] === 'holder online' || undefined);
  });
  afterEach(async () => {
    await tidy();
    await cleanUp();
  });

  const serve = ({ cluster }: TestNode) => serveCopies(cluster, { list: (): ModelRef[] => modelsIn(folder) });
  const source = (file: string) => `vramesh://${holder.identity.nodeId}/${encodeURIComponent(file)}`;
  const here = (limits = {}) =>
    downloadsIn(freshModels(), {}, limits, (...request) => fetchFromPeer(receiver.cluster, ...request));

  it('arrive whole, with their size known from the start', async () => {
    const downloads = here();
    const done = await downloads.ends(source('coder.gguf'));
    assert.equal(done.error, null);
    assert.equal(done.total_bytes, content.length);
    assert.ok(readFileSync(done.model_id ?? '').equals(content));
  });

  it('go on where they were when the machine comes back', async () => {
    const downloads = here({ tries: 200, firstWaitMs: 20, longestWaitMs: 50, stallMs: 2000 });
    await downloads.start(source('coder.gguf'));
    await until('a part of it', () => downloads.only().bytes > 0);
    await stopNode(holder);
    assert.notEqual(downloads.only().state, 'done');
    holder = await startNode('holder', holder);
    serve(holder);
    const done = await downloads.is('done');
    assert.ok(readFileSync(done.model_id ?? '').equals(content));
  });

  for (const file of ['nothing.gguf', '../identity.gguf', 'notes.txt', '/etc/passwd'])
    it(`nothing but listed models is given: ${file}`, async () => {
      const request = fetchFromPeer(
        receiver.cluster,
        new URL(source(file)),
        { range: 'bytes=0-0' },
        new AbortController().signal,
      );
      await assert.rejects(request, /has no .* any more/);
    });
});
