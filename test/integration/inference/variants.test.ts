/** A variant of llama.cpp that was fetched later and lies outside of the program; Vulkan in place of CUDA, which has no stand-in. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type FetchedRuntime, variantsAt } from '../../../server/src/inference';
import { withDevices } from '../../support/lavapipe';
import { layOutProgram } from '../../support/packaged';
import { complete, infill, PATIENCE_MS, start } from './support';

describe('engine: a variant outside of the program', function () {
  this.timeout(PATIENCE_MS);
  let root: string;
  let program: string;
  let fetched: FetchedRuntime;
  before(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), 'vramesh-variants-'));
    program = await layOutProgram(path.join(root, 'program'));
    const folder = path.join(root, 'runtime');
    mkdirSync(path.join(folder, 'node_modules/@node-llama-cpp'), { recursive: true });
    const variant = `node_modules/@node-llama-cpp/${process.platform}-${process.arch}-vulkan`;
    symlinkSync(path.resolve(variant), path.join(folder, variant));
    fetched = { folder, libraryFolders: () => [] };
  });
  after(() => rmSync(root, { recursive: true }));

  const onVulkan = (changes: { fetched?: FetchedRuntime }) =>
    withDevices(1, (gpus) =>
      start({
        backends: ['vulkan'],
        plan: { gpuLayers: 6, gpus },
        native: null,
        enginePath: path.join(program, 'engine.js'),
        ...changes,
      }),
    );

  it('is not there where nothing was fetched', async () => {
    assert.equal(variantsAt(program, { ...fetched, folder: path.join(root, 'nowhere') })('vulkan'), false);
    await assert.rejects(onVulkan({}), /backend|binar/i);
  });

  it('is found by the engine, which computes with it', async () => {
    assert.equal(variantsAt(program, fetched)('vulkan'), true);
    const engine = await onVulkan({ fetched });
    try {
      assert.equal(engine.backend, 'vulkan');
      assert.match((await complete(engine, infill('for (let i = 0; i < arr.', '\n}'))).text, /^length/);
    } finally {
      await engine.stop();
    }
  });
});
