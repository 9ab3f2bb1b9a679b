import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StartEngineOptions } from '../../../server/src/inference';
import { complete, enginePath, infill, PATIENCE_MS, readableLog, start, tinyModel } from './support';

/** Waits until no child process of this one is left; there must be none already, but for its handle to close. */
async function noEngineLeft(): Promise<void> {
  while (process.getActiveResourcesInfo().includes('ProcessWrap')) await nextTurn();
}

describe('engine: loading', function () {
  this.timeout(PATIENCE_MS);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'vramesh-load-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** A file in the test's folder. */
  async function file(name: string, content: string | Buffer): Promise<string> {
    const target = path.join(folder, name);
    await writeFile(target, content);
    return target;
  }

  /** The embedded model with some bytes replaced. */
  async function damaged(name: string, change: (bytes: Buffer) => Buffer): Promise<string> {
    return file(name, change(await readFile(tinyModel)));
  }

  async function refuses(modelPath: string, reason: string, message: RegExp): Promise<void> {
    await assert.rejects(start({ modelPath }), { name: 'LoadError', reason, message });
    await noEngineLeft();
  }

  it('reports progress up to the end', async () => {
    const progress: number[] = [];
    const engine = await start({ onProgress: (fraction) => progress.push(fraction) });
    assert.equal(progress.at(-1), 1);
    assert.deepEqual(
      progress,
      [...progress].sort((a, b) => a - b),
    );
    await engine.stop();
  });

  it('a missing file', () => refuses(path.join(folder, 'none.gguf'), 'model', /none\.gguf does not exist\./));
  it('a folder', () => refuses(folder, 'model', /is a folder: name the \.gguf file in it/));
  it('a text with the right name', async () =>
    refuses(await file('notes.gguf', 'Dear model,\n'.repeat(99)), 'model', /notes\.gguf is not a GGUF file/));
  it('an empty file', async () => refuses(await file('empty.gguf', ''), 'model', /is empty/));
  it('a file cut off in its header', async () =>
    refuses(await damaged('cut.gguf', (bytes) => bytes.subarray(0, 300)), 'model', /damaged or incomplete/));
  it('a file cut off in its vocabulary', async () =>
    refuses(await damaged('cut2.gguf', (bytes) => bytes.subarray(0, 8000)), 'model', /damaged/));
  it('a file cut off in its weights', async () =>
    refuses(
      await damaged('half.gguf', (bytes) => bytes.subarray(0, bytes.length / 2)),
      'model',
      /damaged or incomplete/,
    ));
  it('garbage behind a good header', async () =>
    refuses(
      await damaged('garbage.gguf', (bytes) => bytes.fill(0xa5, 24)),
      'model',
      /garbage|damaged|cannot load/,
    ));
  it('an unknown architecture', async () =>
    refuses(
      await damaged('alien.gguf', (bytes) =>
        Buffer.from(bytes.toString('latin1').replaceAll('llama', 'alien'), 'latin1'),
      ),
      'model',
      /does not know the architecture "alien"/,
    ));
  it('the second part of a model', () =>
    refuses(path.join(folder, 'big-00002-of-00003.gguf'), 'model', /part 2 of a model: name part 1/));
  it('a part that is missing', async () =>
    refuses(
      await damaged('big-00001-of-00002.gguf', (bytes) => bytes),
      'model',
      /big-00002-of-00002\.gguf does not exist/,
    ));

  it('an aborted load ends its process', async () => {
    const controller = new AbortController();
    const loading = start({ signal: controller.signal, onProgress: () => controller.abort() });
    await assert.rejects(loading, { name: 'AbortError' });
    await noEngineLeft();
    await assert.rejects(start({ signal: controller.signal }), { name: 'AbortError' });
  });

  describe('where the GPU does not play along', () => {
    /** The real engine, which on CUDA does first what the line says. */
    const engineThat = (name: string, onCudaLoad: string) =>
      file(
        name,
        `process.on('message', (message) => { if (message.type === 'load' && message.backend === 'cuda') { ${onCudaLoad} } });
         require(${JSON.stringify(enginePath)});`,
      );
    const gpuOptions: Partial<StartEngineOptions> = {
      plan: { gpuLayers: 6, gpus: [{ index: 0, uuid: null }] },
      backends: ['cuda', 'cpu'],
      cudaExpected: true,
    };
    /** CUDA's own way to hide every GPU from a process. */
    async function withoutGpus<Result>(act: () => Promise<Result>): Promise<Result> {
      const before = process.env.CUDA_VISIBLE_DEVICES;
      process.env.CUDA_VISIBLE_DEVICES = '-1';
      try {
        return await act();
      } finally {
        if (before === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
        else process.env.CUDA_VISIBLE_DEVICES = before;
      }
    }

    it('no CUDA: an error that says so; the CPU does not take over what was planned for a GPU', async () => {
      const { logger, lines } = readableLog();
      const words = /cannot use cuda here/;
      await withoutGpus(() =>
        assert.rejects(start({ ...gpuOptions, log: logger }), {
          name: 'LoadError',
          reason: 'backend',
          message: words,
        }),
      );
      assert.match(lines.at(-1) ?? '', words);
      await noEngineLeft();
    });

    it('a GPU backend that aborts the process: an error that says how', async () => {
      const crashing = await engineThat('crashing.cjs', "process.kill(process.pid, 'SIGTERM');");
      await assert.rejects(start({ ...gpuOptions, enginePath: crashing }), {
        reason: 'backend',
        message: /^CUDA: While loading the model: .*crashed \(SIGTERM\)/,
      });
    });

    it('the CPU for want of CUDA: both log lines and a note', async () => {
      const { logger, lines } = readableLog();
      const engine = await start({ cudaExpected: true, log: logger });
      assert.equal(engine.backend, 'cpu');
      assert.deepEqual(lines.slice(-2), [
        'Warning: GPU detected but the CUDA backend is not available, using CPU',
        'Using llama.cpp CPU backend',
      ]);
      assert.match(engine.note ?? '', /CUDA is not available/);
      const { text } = await complete(engine, infill('for (let i = 0; i < arr.', '\n  sum += arr[i];\n}\n'));
      assert.equal(text, 'length; i++) {');
      await engine.stop();
    });

    it('too little VRAM: an error that says so, and nothing else is tried here', async () => {
      const short = await engineThat(
        'short.cjs',
        `process.send({ type: 'load_failed', reason: 'memory', message: 'Too little memory: cudaMalloc failed' }); return;`,
      );
      await assert.rejects(start({ ...gpuOptions, enginePath: short }), {
        reason: 'memory',
        message: 'Too little memory: cudaMalloc failed',
      });
    });

    it('an engine that cannot even start is an error in words', async () => {
      const broken = await file('broken.cjs', "throw new Error('no such library');");
      await assert.rejects(start({ enginePath: broken }), { name: 'LoadError', message: /no such library/ });
    });
  });
});
