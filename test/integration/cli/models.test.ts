import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import {
  catalogueEntrySchema,
  type Download,
  downloadSchema,
  type ModelListing,
  modelListingSchema,
} from '#protocol';
import { cleanUp, type HostUnderTest, spawnCli, startHost, vramesh } from '../../support/host';
import { type Fault, type ModelServer, rangeHeaders, startModelServer } from '../../support/model-server';
import { settled, until } from '../../support/until';

const source = 'hf:owner/repository/fetched.gguf';
const embedded = path.resolve('media/models/tiny-ts-fim-q8_0.gguf');

/** Half of what was asked for, and then nothing more. */
const stallInTheMiddle: Fault = ({ range }, response, content) => {
  if (!content || !range || range.end === range.start) return false;
  response.writeHead(206, rangeHeaders(range, content.length));
  response.write(content.subarray(range.start, (range.start + range.end) / 2));
  return true;
};

describe('command line: models, from the hub to the disk and back', () => {
  let hub: ModelServer;
  let host: HostUnderTest;
  const run = (...args: string[]) => vramesh(args, host);

  async function fails(args: string[], says: RegExp): Promise<void> {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^vramesh: .+\n$/);
    assert.match(stderr, says);
  }
  async function listed(): Promise<ModelListing[]> {
    const { stdout } = await run('models', '--json');
    return z.object({ models: z.array(modelListingSchema) }).parse(JSON.parse(stdout)).models;
  }
  async function fetched(): Promise<ModelListing | null> {
    return (await listed()).find(({ model }) => model.path.endsWith('fetched.gguf')) ?? null;
  }
  async function download(): Promise<Download | null> {
    return (await host.state()).downloads.find(({ name }) => name === 'fetched.gguf') ?? null;
  }

  before(async () => {
    hub = await startModelServer();
    hub.publish('owner/repository', 'fetched.gguf', readFileSync(embedded));
    host = await startHost({ env: { HF_ENDPOINT: hub.url } });
  });
  after(async () => {
    await cleanUp();
    await hub.close();
  });

  it('models: what is here, in words and as JSON', async () => {
    const { code, stdout, stderr } = await run('models');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ Model +Size +Type +Context +Layers +FIM +Fits +Placed\n vramesh-tiny /);
    const tiny = await until('its facts', async () => {
      const [only] = await listed();
      return only?.facts === null ? null : only;
    });
    assert.deepEqual([tiny.model.name, tiny.deletable, tiny.fit], ['vramesh-tiny', false, 'cpu']);
  });

  it('models --catalogue: what can be fetched', async () => {
    const { stdout } = await run('models', '--catalogue', '--json');
    const { catalogue } = z.object({ catalogue: z.array(catalogueEntrySchema) }).parse(JSON.parse(stdout));
    const text = (await run('models', '--catalogue')).stdout;
    for (const { id } of catalogue) assert.match(text, new RegExp(`^ ${id.replaceAll('.', '\\.')} `, 'm'));
    assert.ok(catalogue.length >= 10);
  });

  it('pull: what is not there', async () => {
    await fails(['pull', 'no-such-model'], /no-such-model/);
    await fails(['pull', 'hf:owner/repository/other.gguf'], /other\.gguf/);
    await fails(['pull', 'http://example.org/model.gguf'], /https/);
    assert.equal(await fetched(), null);
  });

  it('pull, stopped with Ctrl-C: says so, keeps what arrived', async () => {
    hub.faults.push(stallInTheMiddle);
    const child = spawnCli(['pull', source], host.home);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const closed = once(child, 'close');
    await until('half of it', async () => (await download())?.state === 'downloading');
    child.kill('SIGINT');
    assert.deepEqual(await settled('its end', closed), [1, null]);
    assert.equal(
      stderr,
      `vramesh: It was stopped. What has arrived is kept: "vramesh pull ${source}" goes on.\n`,
    );
    assert.equal((await download())?.state, 'paused');
    assert.match((await run('status')).stdout, /fetched\.gguf +paused.*\n +Go on: vramesh pull hf:owner/);
    hub.faults.pop();
  });

  it('pull goes on, and says what to place; a line at the start and one at the end where nobody looks', async () => {
    const { code, stdout, stderr } = await run('pull', source);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^Fetching fetched\.gguf \(\d+ MiB\)\.\nfetched\.gguf is here, \d+ MiB: vramesh place \S.*\n$/,
    );
    assert.equal(stderr, '');
    const listing = await until('it in the list', fetched);
    assert.deepEqual([listing.deletable, listing.problem], [true, null]);
  });

  it('pull: what is here already', () => fails(['pull', source], /already/));

  it('models delete: asks, refuses where nobody can be asked, deletes with --yes', async () => {
    const listing = await fetched();
    assert.ok(listing);
    const { name, path: file } = listing.model;
    await fails(['models', 'delete', name], /Add --yes/);
    assert.ok(existsSync(file));
    const { code, stdout, stderr } = await run('models', 'delete', name, '--yes', '--json');
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { model_id: listing.model.id });
    assert.ok(!existsSync(file));
    assert.equal(await fetched(), null);
  });

  it('pull --json: the download when it is done, and nothing else', async () => {
    const { code, stdout, stderr } = await run('pull', source, '--json');
    assert.equal(code, 0, stderr);
    const done = downloadSchema.parse(JSON.parse(stdout));
    assert.deepEqual([done.state, done.bytes, done.error], ['done', readFileSync(embedded).length, null]);
    assert.equal((await fetched())?.model.id, done.model_id);
  });

  it('models delete: what is not there, and what VRAMesh did not fetch', async () => {
    await fails(['models', 'delete', 'no-such-model', '--yes'], /There is no model "no-such-model"/);
    await fails(['models', 'delete', 'vramesh-tiny', '--yes'], /vramesh-tiny (is placed|ships with VRAMesh)/);
    assert.ok(existsSync(embedded));
  });
});
