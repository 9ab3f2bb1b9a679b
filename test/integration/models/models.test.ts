import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import type { ModelFacts, ModelNeed, ModelRef } from '#protocol';
import { createModels, type Inspect, type Models } from '../../../server/src/models';
import { modelBytes } from '../../support/model-server';
import { freshFolder, noPeers, tidy } from './harness';

const embedded = path.resolve('media/models/tiny-ts-fim-q8_0.gguf');

const facts: ModelFacts = {
  architecture: 'llama',
  layers: 3,
  context_size: 2048,
  embedding_size: 64,
  parameters: 1000,
  active_share: 1,
  quantization: 'Q8_0',
  fim: null,
  chat_template: false,
};
const need: ModelNeed = {
  context_size: 512,
  sequences: 1,
  kv_cache_type: 'f16',
  block_weights: [10, 10],
  block_kv: [1, 1],
  output_weights: 5,
  input_weights: 5,
  compute: { gpu_whole: 1, gpu_partial: 1, gpu_several: 1, cpu: 1, beside_gpu: 1 },
  simulated: false,
};
const wish = {
  contextSize: 512,
  sequences: 1,
  kvCacheType: 'f16',
  backendKey: 'cpu',
  onGpu: false,
} as const;

describe('models: on this machine', () => {
  let folder: string;
  beforeEach(() => {
    folder = freshFolder();
  });
  afterEach(tidy);

  function models(inspect: Inspect = () => Promise.reject(new Error('nobody asked for this'))): Models {
    const inspectionsFile = path.join(path.dirname(folder), 'inspections.json');
    return createModels({
      nodeId: 'this-node',
      embedded,
      folder,
      env: {},
      log: pino({ enabled: false }),
      inspect,
      inspectionsFile,
      fromPeer: noPeers,
    });
  }
  const file = (name: string, content: Buffer | string = modelBytes(1000, 1)) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const names = (list: ModelRef[]) => list.map(({ name }) => name);

  describe('list', () => {
    it('the embedded one first, then those in the folder; a split one once, with the size of all parts', () => {
      file('b.gguf');
      file('Big-00001-of-00002.gguf', modelBytes(300, 1));
      file('Big-00002-of-00002.gguf', modelBytes(400, 2));
      file('notes.txt', 'no model');
      const list = models().list();
      assert.deepEqual(names(list), ['vramesh-tiny', 'Big', 'b']);
      assert.equal(list[1]?.size_bytes, 700);
      assert.equal(list[1]?.path, path.join(folder, 'Big-00001-of-00002.gguf'));
    });

    it('one with a missing part is listed, and its problem says which', () => {
      file('big-00001-of-00003.gguf');
      file('big-00003-of-00003.gguf');
      const here = models();
      const model = here.find('big');
      assert.equal(model.size_bytes, 2000);
      assert.match(here.problem(model) ?? '', /^Part 2 of 3 is missing\./);
    });

    it('its first part may be the missing one', () => {
      file('big-00002-of-00002.gguf');
      const here = models();
      assert.match(here.problem(here.find('big')) ?? '', /^Part 1 of 2 is missing\./);
    });

    it('what is not a model is no model: links in a circle or to nowhere, folders, sockets', () => {
      symlinkSync(path.join(folder, 'round.gguf'), path.join(folder, 'loop.gguf'));
      symlinkSync(path.join(folder, 'loop.gguf'), path.join(folder, 'round.gguf'));
      symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'dangling.gguf'));
      symlinkSync(folder, path.join(folder, 'itself'));
      mkdirSync(path.join(folder, 'folder.gguf'));
      file('real.gguf');
      assert.deepEqual(names(models().list()), ['vramesh-tiny', 'real']);
    });

    it('thousands of files: the first thousand', () => {
      for (let index = 0; index < 3000; index++) file(`m${String(index).padStart(4, '0')}.gguf`, '');
      const list = models().list();
      assert.equal(list.length, 1001);
      assert.equal(list.at(-1)?.name, 'm0999');
    });

    it('a folder that is missing, or is a file', () => {
      for (const bad of [path.join(folder, 'nowhere'), file('file')]) {
        folder = bad;
        assert.deepEqual(names(models().list()), ['vramesh-tiny']);
      }
    });
  });

  describe('find', () => {
    it('by name, file name, path, path of any part, and catalogue id', () => {
      const big = file('big-00001-of-00002.gguf');
      const second = file('big-00002-of-00002.gguf');
      const coder = file('qwen2.5-coder-1.5b-instruct-q4_k_m.gguf');
      const here = models();
      assert.equal(here.find('vramesh-tiny').embedded, true);
      for (const id of ['big', 'big-00001-of-00002.gguf', big, second]) assert.equal(here.find(id).path, big);
      assert.equal(here.find('qwen2.5-coder-1.5b:q4_k_m').path, coder);
      assert.throws(
        () => here.find('qwen2.5-coder-7b'),
        /not on this machine yet\. Download it: vramesh pull qwen2\.5-coder-7b/,
      );
    });

    it('a folder that holds just one', () => {
      const other = path.join(path.dirname(folder), 'other');
      mkdirSync(other);
      const here = models();
      assert.throws(() => here.find(other), /is a folder without a GGUF file/);
      copyFileSync(embedded, path.join(other, 'one.gguf'));
      assert.equal(here.find(other).name, 'one');
      copyFileSync(embedded, path.join(other, 'two.gguf'));
      assert.throws(() => here.find(other), /holds several models\. Name one of: .*one\.gguf, .*two\.gguf/);
    });

    it('nothing: says what there is', () => {
      assert.throws(
        () => models().find('no-such'),
        /There is no model "no-such"\. Name one of: vramesh-tiny/,
      );
      symlinkSync(path.join(folder, 'loop.gguf'), path.join(folder, 'loop.gguf'));
      assert.throws(() => models().find(path.join(folder, 'loop.gguf')), /There is no model/);
    });
  });

  const problems: [what: string, content: Buffer | string, says: RegExp | null][] = [
    ['a text', 'Dear model,', /is not a GGUF file/],
    ['nothing', '', /is empty/],
    ['a header that is cut off', modelBytes(12, 1), /cut off in its header/],
    ['something that looks right', modelBytes(1000, 1), null],
  ];
  for (const [what, content, says] of problems) {
    it(`problem: ${what}`, () => {
      file('x.gguf', content);
      const here = models();
      const problem = here.problem(here.find('x'));
      if (says) assert.match(problem ?? '', says);
      else assert.equal(problem, null);
    });
  }

  describe('delete', () => {
    it('all parts, and nothing else', async () => {
      for (const part of [1, 2, 3]) file(`big-0000${part}-of-00003.gguf`);
      file('other.gguf');
      const here = models();
      assert.equal(here.isDeletable(here.find('big')), true);
      await here.delete('big');
      assert.deepEqual(readdirSync(folder), ['other.gguf']);
    });

    it('only what lies in the folder', async () => {
      const elsewhere = path.join(path.dirname(folder), 'mine.gguf');
      copyFileSync(embedded, elsewhere);
      const here = models();
      await assert.rejects(here.delete(elsewhere), /does not lie in .* Nothing was deleted/);
      await assert.rejects(here.delete('vramesh-tiny'), /ships with VRAMesh and cannot be deleted/);
      await assert.rejects(here.delete('nothing'), /There is no model/);
      assert.ok(existsSync(elsewhere) && existsSync(embedded));
    });
  });

  describe('inspections', () => {
    it('once for equal calls at the same time, then remembered, also by the next host', async () => {
      file('x.gguf');
      let asked = 0;
      const inspect: Inspect = async () => {
        asked += 1;
        return { facts, need };
      };
      const here = models(inspect);
      const model = here.find('x');
      assert.equal(here.known(model, wish), null);
      await Promise.all([here.inspection(model, wish), here.inspection(model, wish)]);
      await here.inspection(model, wish);
      assert.equal(asked, 1);
      assert.deepEqual(here.known(model, wish), { facts, need });
      await here.close();
      assert.deepEqual(models().known(model, wish), { facts, need });
    });

    it('what the CPU guesses in place of a GPU is not kept', async () => {
      file('x.gguf');
      let simulated = false;
      const here = models(async () => ({ facts, need: { ...need, simulated } }));
      const model = here.find('x');
      const asked = { ...wish, backendKey: 'cuda', onGpu: true };
      assert.equal((await here.inspection(model, asked)).need.simulated, false);
      // Another answer is written to the file, and this one not along with it.
      await here.inspection(model, { ...asked, onGpu: false, backendKey: 'cpu' });
      await here.close();
      const later = models(async () => ({ facts, need: { ...need, simulated } }));
      assert.equal(later.known(model, asked), null);
      simulated = true;
      assert.equal((await later.inspection(model, asked)).need.simulated, true);
      await later.close();
      assert.equal(models().known(model, asked) !== null, true);
    });

    it('anew for another wish, another backend, or a file that changed', async () => {
      const x = file('x.gguf');
      const requests: unknown[] = [];
      const here = models(async (request) => {
        requests.push(request);
        return { facts, need };
      });
      const model = here.find('x');
      await here.inspection(model, wish);
      for (const other of [
        { contextSize: 1024 },
        { sequences: 2 },
        { kvCacheType: 'q8_0' },
        { backendKey: 'cuda' },
      ] as const) {
        assert.equal(here.known(model, { ...wish, ...other }), null);
        await here.inspection(model, { ...wish, ...other });
      }
      utimesSync(x, new Date(), new Date(statSync(x).mtimeMs + 5000));
      assert.equal(here.known(model, wish), null);
      await here.inspection(model, wish);
      assert.equal(requests.length, 6);
      assert.deepEqual(requests[0], { modelPath: x, contextSize: 512, sequences: 1, kvCacheType: 'f16' });
      await here.close();
    });

    it('a failure is remembered until the file changes', async () => {
      const x = file('x.gguf');
      let asked = 0;
      const here = models(async () => {
        asked += 1;
        throw new Error('unknown architecture "mamba9"');
      });
      const model = here.find('x');
      for (const _again of [1, 2]) await assert.rejects(here.inspection(model, wish), /unknown architecture/);
      assert.equal(asked, 1);
      assert.deepEqual(here.known(model, wish), { problem: 'unknown architecture "mamba9"' });
      utimesSync(x, new Date(), new Date(0));
      assert.equal(here.known(model, wish), null);
    });

    it('notes that cannot be understood are ignored', () => {
      writeFileSync(path.join(path.dirname(folder), 'inspections.json'), '{"inspections": [["x", {}]]}');
      file('x.gguf');
      const here = models();
      assert.equal(here.known(here.find('x'), wish), null);
    });
  });
});
