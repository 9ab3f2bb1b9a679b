import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getStateRequest, type Instance, listModelsRequest, placeRequest, unplaceRequest } from '#protocol';
import {
  cleanUp,
  enginePid,
  freshHome,
  gone,
  type HostUnderTest,
  logOf,
  startHost,
} from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { until } from '../../support/until';

const embedded = path.resolve('media/models/tiny-ts-fim-q8_0.gguf');

/** What was reported on one token, in order. */
function progressOf(lsp: LspClient, token: string) {
  return lsp.told.flatMap(({ method, params }) => {
    const { token: reportedOn, value } = params as {
      token?: string;
      value?: { kind: string; percentage?: number };
    };
    return method === '$/progress' && reportedOn === token && value ? [value] : [];
  });
}

/** Puts a model of the user's own into the home, and gives its path. */
function ownModel(home: string, name = 'mine.gguf'): string {
  const folder = path.join(home, 'models');
  mkdirSync(folder, { recursive: true });
  copyFileSync(embedded, path.join(folder, name));
  return path.join(folder, name);
}

function only(instances: readonly Instance[]): Instance {
  const [instance] = instances;
  assert.ok(instance);
  assert.equal(instances.length, 1);
  return instance;
}

describe('host: placing a model', () => {
  let host: HostUnderTest;
  let lsp: LspClient;
  let mine: string;
  beforeEach(async () => {
    const home = freshHome();
    mkdirSync(home);
    mine = ownModel(home);
    host = await startHost({ home });
    lsp = await host.lsp();
  });
  afterEach(cleanUp);

  it('lists what can be placed: the embedded model and those in the folder', async () => {
    // What was never looked at is read meanwhile: until then it is not known where it fits.
    const models = await until('where each fits', async () => {
      const listed = (await lsp.request(listModelsRequest, {})).models;
      return listed.every(({ fit }) => fit !== null) && listed;
    });
    assert.deepEqual(
      models.map(({ model, fit }) => [model.name, model.embedded, fit]),
      [
        ['vramesh-tiny', true, 'cpu'],
        ['mine', false, 'cpu'],
      ],
    );
  });

  it('answers when it is ready, reports progress, and replaces the default', async () => {
    const before = await enginePid(host);
    const { instance } = await lsp.request(placeRequest, {
      model_id: 'mine',
      context_size: 512,
      workDoneToken: 'token',
    });
    assert.equal(instance.state, 'ready');
    assert.equal(instance.placed_by, 'user');
    assert.equal(instance.model.path, mine);
    assert.equal(instance.context_size, 512);
    await gone(before);
    assert.equal(only((await lsp.request(getStateRequest, {})).instances).id, instance.id);

    const progress = progressOf(lsp, 'token');
    assert.equal(progress[0]?.kind, 'begin');
    assert.equal(progress.at(-1)?.kind, 'end');
    const reported = progress.flatMap(({ percentage }) => (percentage === undefined ? [] : [percentage]));
    assert.ok(reported.every((percentage) => percentage >= 0 && percentage <= 100));
    assert.deepEqual(
      reported,
      reported.toSorted((a, b) => a - b),
    );
  });

  it('by its path', async () => {
    const elsewhere = path.join(host.home, 'elsewhere.gguf');
    copyFileSync(embedded, elsewhere);
    const { instance } = await lsp.request(placeRequest, { model_id: elsewhere });
    assert.equal(instance.model.name, 'elsewhere');
  });

  it('two windows that place the same model at the same time share one instance', async () => {
    const other = await host.lsp();
    const [first, second] = await Promise.all([
      lsp.request(placeRequest, { model_id: 'mine' }),
      other.request(placeRequest, { model_id: 'mine' }),
    ]);
    assert.equal(first.instance.id, second.instance.id);
    assert.equal(first.instance.engine_pid, second.instance.engine_pid);
    const again = await lsp.request(placeRequest, { model_id: mine });
    assert.equal(again.instance.id, first.instance.id);
    only((await lsp.request(getStateRequest, {})).instances);
  });

  it('cancelled: an error says so, and what was there before stays', async () => {
    const before = await enginePid(host);
    const cancel = new AbortController();
    const placing = lsp.request(placeRequest, { model_id: 'mine', workDoneToken: 'token' }, cancel.signal);
    placing.catch(() => {});
    await until('begin', () => progressOf(lsp, 'token')[0]?.kind === 'begin');
    cancel.abort();
    await assert.rejects(placing, { message: 'Placing was cancelled. Nothing was kept.' });
    assert.equal(await enginePid(host), before);
    assert.equal(only((await lsp.request(getStateRequest, {})).instances).placed_by, 'default');
    assert.equal(progressOf(lsp, 'token').at(-1)?.kind, 'end');
  });

  it('removed: its memory is free, and nothing comes back by itself', async () => {
    const { instance } = await lsp.request(placeRequest, { model_id: 'mine' });
    assert.ok(instance.engine_pid);
    await lsp.request(unplaceRequest, { instance_id: instance.id });
    await gone(instance.engine_pid);
    assert.deepEqual((await lsp.request(getStateRequest, {})).instances, []);
    await assert.rejects(lsp.request(unplaceRequest, { instance_id: instance.id }), /There is no instance/);
    await host.stop();
    const next = await startHost({ home: host.home });
    const window = await next.lsp();
    await window.stateIs('a state without instances', ({ instances }) => instances.length === 0);
  });

  it('is remembered over a restart of the host', async () => {
    await lsp.request(placeRequest, { model_id: 'mine', context_size: 768 });
    await host.stop();
    const next = await startHost({ home: host.home });
    const window = await next.lsp();
    const { instances } = await window.stateIs('ready', ({ instances: [first] }) => first?.state === 'ready');
    const { model, placed_by, context_size } = only(instances);
    assert.deepEqual([model.path, placed_by, context_size], [mine, 'user', 768]);
  });

  it('a note of what was placed that cannot be understood is ignored, and said', async () => {
    await host.stop();
    writeFileSync(path.join(host.home, 'placements.json'), '{"placements": 7');
    const next = await startHost({ home: host.home });
    const window = await next.lsp();
    const { instances } = await window.stateIs('ready', ({ instances: [first] }) => first?.state === 'ready');
    assert.equal(only(instances).placed_by, 'default');
    assert.match(next.stderr(), /placements\.json cannot be understood and is ignored/);
  });
});

describe('host: a model that cannot be placed', () => {
  let host: HostUnderTest;
  let lsp: LspClient;
  let folder: string;
  before(async () => {
    host = await startHost();
    lsp = await host.lsp();
    folder = path.join(host.home, 'models');
    mkdirSync(folder);
  });
  after(cleanUp);

  const whole = readFileSync(embedded);
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 200, 4000);
  const tooMany = Buffer.from(whole);
  tooMany.writeBigUInt64LE(2n ** 40n, 8);

  const cases: [what: string, name: string, content: Buffer | string | null, says: RegExp][] = [
    [
      'an unknown name',
      'no-such-model',
      null,
      /There is no model "no-such-model"\. Name one of: vramesh-tiny/,
    ],
    ['a text file', 'text.gguf', 'Dear model,\n'.repeat(100), /text\.gguf is not a GGUF file/],
    ['an empty file', 'empty.gguf', '', /empty\.gguf is empty/],
    ['a file cut off in its header', 'header.gguf', whole.subarray(0, 12), /cut off in its header/],
    [
      'a file cut off in its weights',
      'half.gguf',
      whole.subarray(0, whole.length / 2),
      /half\.gguf|damaged|incomplete|corrupt/,
    ],
    ['a file whose header promises too much', 'promises.gguf', tooMany, /promises more than the file holds/],
    ['a damaged file', 'damaged.gguf', damaged, /damaged/],
  ];
  for (const [what, name, content, says] of cases) {
    it(`${what}: a clear error to the one who asked, a line in the log, and nothing else changes`, async () => {
      const before = await enginePid(host);
      if (content !== null) writeFileSync(path.join(folder, name), content);
      const id = content === null ? name : path.join(folder, name);
      await assert.rejects(lsp.request(placeRequest, { model_id: id }), says);
      const instance = only((await lsp.request(getStateRequest, {})).instances);
      assert.equal(instance.state, 'ready');
      assert.equal(instance.engine_pid, before);
      if (content !== null)
        assert.match(logOf(host.home), new RegExp(`${path.parse(name).name} is not available: `));
    });
  }
});
