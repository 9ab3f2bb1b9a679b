/** Placing from one machine on another: the file goes there, and what is placed survives the machine. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  inviteRequest,
  joinRequest,
  listModelsRequest,
  openAiErrorSchema,
  type Preview,
  placeRequest,
  previewsRequest,
  unplaceRequest,
} from '#protocol';
import { cleanUp, freshHome, type HostUnderTest, startHost } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { until } from '../../support/until';

const embedded = path.resolve('media/models/tiny-ts-fim-q8_0.gguf');
const args = ['--peer-port', '0', '--no-discovery'];

describe('host: placing on another machine', () => {
  let here: HostUnderTest;
  let there: HostUnderTest;
  let editor: LspClient;
  let admin: LspClient;

  beforeEach(async () => {
    const home = freshHome();
    mkdirSync(path.join(home, 'models'), { recursive: true });
    copyFileSync(embedded, path.join(home, 'models', 'coder.gguf'));
    [here, there] = await Promise.all([
      startHost({ home, args: [...args, '--place-on-request'] }),
      startHost({ args }),
    ]);
    [editor, admin] = [await here.lsp(), await there.lsp()];
    await admin.request(joinRequest, { line: (await editor.request(inviteRequest, {})).line });
    await editor.stateIs('both machines', ({ topology }) => topology.nodes.length === 2);
    await admin.stateIs('both machines', ({ topology }) => topology.nodes.length === 2);
  });
  afterEach(cleanUp);

  const previewsAt = async (client: LspClient, host: HostUnderTest): Promise<Preview[]> => {
    const { previews } = await client.request(previewsRequest, { model_id: 'coder' });
    return previews.filter(({ nodes, error }) => error === null && nodes[0] === host.ready.node_id);
  };
  const copyAt = ({ home }: HostUnderTest) => path.join(home, 'models', 'coder.gguf');

  it('the previews are those of both; the file is copied where it is placed, and it is the same', async () => {
    assert.equal((await previewsAt(editor, here)).length, 1);
    const [far] = await previewsAt(editor, there);
    assert.ok(far);
    assert.equal(far.shares[0]?.node_id, there.ready.node_id);
    const { instance } = await editor.request(placeRequest, { model_id: 'coder', preview_id: far.id });
    assert.equal(instance.state, 'ready');
    assert.equal(instance.node_id, there.ready.node_id);
    assert.match(instance.id, /^coder-\d+@/);
    assert.ok(readFileSync(copyAt(there)).equals(readFileSync(embedded)));
    const [seen] = (await editor.stateIs('the copy', ({ downloads }) => downloads.length > 0)).downloads;
    assert.equal(seen?.node_id, there.ready.node_id);
    assert.equal(seen?.state, 'done');

    await editor.request(unplaceRequest, { instance_id: instance.id });
    assert.ok((await there.state()).instances.every(({ model }) => model.name !== 'coder'));
  });

  it('a model that only another machine has is previewed, and placed here', async () => {
    const { elsewhere } = await admin.request(listModelsRequest, {});
    assert.deepEqual(
      elsewhere.map(({ name, size_bytes }) => ({ name, size_bytes })),
      [{ name: 'coder', size_bytes: statSync(embedded).size }],
    );
    const [own] = await previewsAt(admin, there);
    assert.ok(own);
    const { instance } = await admin.request(placeRequest, { model_id: 'coder', preview_id: own.id });
    assert.equal(instance.node_id, there.ready.node_id);
    assert.equal(instance.model.path, copyAt(there));
  });

  it('wishes for nodes count', async () => {
    const { previews } = await editor.request(previewsRequest, {
      model_id: 'coder',
      nodes: [there.ready.node_id],
    });
    assert.deepEqual(
      previews.map(({ nodes }) => nodes),
      [[there.ready.node_id]],
    );
    const { previews: together } = await editor.request(previewsRequest, { model_id: 'coder', min_nodes: 2 });
    assert.equal(together[0]?.error, null);
    assert.deepEqual(together[0]?.nodes.toSorted(), [here.ready.node_id, there.ready.node_id].sort());
  });

  it('a program that asks for what no machine can hold is told why, as long as it asks', async () => {
    const half = readFileSync(embedded).subarray(0, statSync(embedded).size / 2);
    writeFileSync(path.join(here.home, 'models', 'broken.gguf'), half);
    const ask = async () => {
      const response = await fetch(`http://${here.ready.http}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'broken', prompt: 'x' }),
      });
      return openAiErrorSchema.parse(await response.json()).error;
    };
    assert.equal((await ask()).code, 'model_loading');
    const { message } = await until('the reason', async () => {
      const error = await ask();
      return error.code === 'model_failed' && error;
    });
    assert.match(message, /broken could not be placed: \S/);
    assert.equal((await ask()).message, message);
  });

  it('what no machine has is refused in words, and nothing is begun', async () => {
    await assert.rejects(editor.request(placeRequest, { model_id: 'nobody-has-this' }), /There is no model/);
    assert.equal(existsSync(copyAt(there)), false);
  });

  it('a machine that dies: what it ran is placed anew, and given back', async () => {
    const [far] = await previewsAt(editor, there);
    await editor.request(placeRequest, { model_id: 'coder', preview_id: far?.id ?? '' });
    await editor.stateIs('it is seen', ({ instances }) => instances.some(({ id }) => /^coder-\d+@/.test(id)));
    process.kill(there.pid, 'SIGKILL');
    await until('it runs here', async () => {
      const { instances } = await here.state();
      return instances.some(
        ({ node_id, model, state }) =>
          node_id === here.ready.node_id && model.name === 'coder' && state === 'ready',
      );
    });
    await startHost({ home: there.home, args });
    await until('only the original is left', async () => {
      const placed = (await here.state()).instances.filter(({ model }) => model.name === 'coder');
      return placed.length === 1 && placed[0]?.node_id === there.ready.node_id;
    });
  });
});
