import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import pino from 'pino';
import {
  createInspector,
  type Inspector,
  type InspectorOptions,
  type InspectorRequest,
} from '../../../server/src/inference';
import {
  arrayOf,
  f64,
  type GgufFile,
  i32,
  plainFile,
  string,
  u32,
  u64,
  withMetadata,
  writeGguf,
} from '../../unit/inference/gguf-file';
import { FACTS, NEEDS } from '../../unit/placement/support';
import { enginePath, PATIENCE_MS, start, tinyModel } from './support';

const tiny: InspectorRequest = { modelPath: tinyModel, contextSize: 1024, sequences: 4, kvCacheType: 'f16' };

describe('inspecting a model file', function () {
  this.timeout(PATIENCE_MS);
  let folder: string;
  const open: Inspector[] = [];
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vramesh-inspect-'));
  });
  afterEach(() => Promise.all(open.splice(0).map((inspector) => inspector.close())));
  after(() => rmSync(folder, { recursive: true }));

  function inspectorWith(changes: Partial<InspectorOptions> = {}): Inspector {
    const log = pino({ level: 'silent' });
    const inspector = createInspector({
      enginePath,
      log,
      gpu: async () => null,
      ...changes,
    });
    open.push(inspector);
    return inspector;
  }

  function file(name: string, content: string | GgufFile): string {
    const target = path.join(folder, name);
    if (typeof content === 'string') writeFileSync(target, content);
    else writeGguf(target, content);
    return target;
  }

  it('tells the facts of the embedded model', async () => {
    const { facts } = await inspectorWith().inspect(tiny);
    assert.deepEqual(
      { ...facts, parameters: Math.round(facts.parameters / 1e5) / 10 },
      {
        architecture: 'llama',
        layers: 6,
        context_size: 1024,
        embedding_size: 192,
        parameters: 2.4,
        active_share: 1,
        quantization: 'Q8_0',
        fim: {
          prefix: '<|fim_prefix|>',
          suffix: '<|fim_suffix|>',
          middle: null,
          repository: null,
          file: '<|file_sep|>',
        },
        chat_template: false,
      },
    );
  });

  it('agrees with the engine that has loaded it', async () => {
    const { facts, need } = await inspectorWith().inspect({ ...tiny, contextSize: 100_000 });
    const engine = await start({ contextSize: 100_000 });
    const { model } = engine;
    assert.deepEqual(
      [facts.fim, facts.layers, facts.architecture, facts.context_size, need.context_size],
      [model.fim, model.layers, model.architecture, model.trained_context_size, model.context_size],
    );
    await engine.stop();
  });

  it('says that without a GPU its buffers are only guessed', async () => {
    const { need } = await inspectorWith().inspect(tiny);
    assert.equal(need.simulated, false);
    assert.equal(need.block_weights.length, 5);
    assert.equal(
      need.block_kv.reduce((sum, bytes) => sum + bytes, 0),
      5 * 2 ** 20,
    );
    assert.ok(need.compute.gpu_whole > need.compute.cpu);
  });

  it('goes on with the CPU where the GPU’s backend cannot be used', async () => {
    process.env.CUDA_VISIBLE_DEVICES = '-1';
    try {
      const { need } = await inspectorWith({
        gpu: async () => ({ backend: 'cuda', gpu: { index: 0, uuid: null } }),
      }).inspect(tiny);
      assert.equal(need.simulated, false);
    } finally {
      delete process.env.CUDA_VISIBLE_DEVICES;
    }
  });

  it('asks a GPU again that could not be used a minute ago: its memory may have been full', async () => {
    const tried = path.join(folder, 'tried');
    const answers = JSON.stringify({ type: 'inspected', facts: FACTS, need: NEEDS['7B']() });
    const engine = file(
      'full.cjs',
      `process.on('message', ({ type, id, backend }) => {
         if (type !== 'inspect') return;
         require('node:fs').appendFileSync(${JSON.stringify(tried)}, backend + ' ');
         process.send(backend === 'cuda' ? { type: 'load_failed', reason: 'backend', message: 'out of memory' } : { ...${answers}, id });
       });
       process.on('disconnect', () => process.exit());`,
    );
    mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
    try {
      const inspector = inspectorWith({
        enginePath: engine,
        gpu: async () => ({ backend: 'cuda', gpu: { index: 0, uuid: null } }),
      });
      for (const minutes of [0, 0, 2]) {
        mock.timers.tick(minutes * 60_000);
        await inspector.inspect(tiny);
      }
    } finally {
      mock.timers.reset();
    }
    assert.equal(readFileSync(tried, 'utf8'), 'cuda cpu cpu cuda cpu ');
  });

  const hostile: [what: string, content: string | GgufFile, says: RegExp][] = [
    ['a text', 'Dear model,\n'.repeat(99), /is not a GGUF file/],
    ['no architecture', withMetadata({ 'general.architecture': null }), /does not say which architecture/],
    [
      'an unknown architecture',
      withMetadata({
        'general.architecture': string('alien'),
        'alien.block_count': u32(2),
        'alien.context_length': u32(64),
        'alien.embedding_length': u32(64),
      }),
      /does not know the architecture "alien"/,
    ],
    ['zero layers', withMetadata({ 'llama.block_count': u32(0) }), /The model has no layers/],
    ['-1 layers', withMetadata({ 'llama.block_count': i32(-1) }), /impossible.*llama\.block_count is -1/],
    [
      '2^63 layers',
      withMetadata({ 'llama.block_count': u64(2n ** 63n) }),
      /llama\.block_count is 9223372036854775808/,
    ],
    ['NaN layers', withMetadata({ 'llama.block_count': f64(Number.NaN) }), /llama\.block_count is NaN/],
    ['layers in words', withMetadata({ 'llama.block_count': string('many') }), /llama\.block_count is many/],
    ['half a layer', withMetadata({ 'llama.block_count': f64(0.5) }), /llama\.block_count is 0\.5/],
    [
      'a context of 2^63',
      withMetadata({ 'llama.context_length': u64(2n ** 63n) }),
      /llama\.context_length is/,
    ],
    [
      'no embedding size',
      withMetadata({ 'llama.embedding_length': null }),
      /does not say llama\.embedding_length/,
    ],
    [
      'an embedding of nothing',
      withMetadata({ 'llama.embedding_length': u32(0) }),
      /llama\.embedding_length is 0/,
    ],
    [
      'an array of 2^62 texts',
      withMetadata({ a: arrayOf(8, 2n ** 62n) }),
      /impossible numbers in its header/,
    ],
    ['weights that are not there', { ...plainFile, data: 0 }, /lies beyond its end/],
    ['no vocabulary', plainFile, /damaged|cannot load this file/],
  ];
  it('tells each bad file what is wrong with it, and goes on', async () => {
    const inspector = inspectorWith();
    for (const [what, content, says] of hostile) {
      const modelPath = file(`${what.replace(/\W/g, '-')}.gguf`, content);
      const error = await inspector.inspect({ ...tiny, modelPath }).then(
        () => assert.fail(`${what}: accepted`),
        (reason: Error) => reason,
      );
      assert.equal(error.name, 'LoadError', `${what}: ${error.message}`);
      assert.ok(error.message.startsWith(modelPath), `${what}: ${error.message}`);
      assert.match(error.message, says, what);
    }
    assert.equal((await inspector.inspect(tiny)).facts.layers, 6);
  });

  it('a part that is missing', async () => {
    const modelPath = file('big-00001-of-00003.gguf', plainFile);
    await assert.rejects(inspectorWith().inspect({ ...tiny, modelPath }), {
      reason: 'model',
      message: /big-00002-of-00003\.gguf does not exist/,
    });
  });

  /** The real engine, which does something first when it is to inspect a file of this name. */
  const engineThat = (name: string, does: string) =>
    file(
      `${name}.cjs`,
      `process.on('message', (message) => { if (message.model_path?.includes(${JSON.stringify(name)})) { ${does} } });
       require(${JSON.stringify(enginePath)});`,
    );

  it('a file that the child hangs on: given up, and the next one is answered', async () => {
    const hanging = engineThat('sticky', "process.kill(process.pid, 'SIGSTOP');");
    const inspector = inspectorWith({ enginePath: hanging, timeLimitMs: 5000 });
    const modelPath = file('sticky.gguf', plainFile);
    const [stuck, next] = await Promise.allSettled([
      inspector.inspect({ ...tiny, modelPath }),
      inspector.inspect(tiny),
    ]);
    assert.ok(stuck.status === 'rejected');
    assert.match(String(stuck.reason), /not be inspected within 5 s: its disk is very slow/);
    assert.equal(stuck.reason.transient, true, 'the disk may be awake the next time');
    assert.equal(next.status, 'fulfilled');
  });

  it('a file that the child dies of: damaged, and the next one is answered', async () => {
    const dying = engineThat('deadly', "console.error('GGML_ASSERT(x) failed'); process.abort();");
    const inspector = inspectorWith({ enginePath: dying });
    const modelPath = file('deadly.gguf', plainFile);
    await assert.rejects(inspector.inspect({ ...tiny, modelPath }), {
      name: 'LoadError',
      reason: 'model',
      message: /deadly\.gguf is damaged: The engine crashed \(SIGABRT\).*GGML_ASSERT/,
    });
    assert.equal((await inspector.inspect(tiny)).facts.layers, 6);
  });

  it('a child that is killed: the file is not called damaged, and not for long', async () => {
    const killed = engineThat('unlucky', "process.kill(process.pid, 'SIGKILL');");
    const inspector = inspectorWith({ enginePath: killed });
    const modelPath = file('unlucky.gguf', plainFile);
    await assert.rejects(inspector.inspect({ ...tiny, modelPath }), {
      name: 'LoadError',
      transient: true,
      message: /unlucky\.gguf could not be inspected: The engine was killed.*Try again in a minute\.$/,
    });
    assert.equal((await inspector.inspect(tiny)).facts.layers, 6);
  });

  it('a file that makes the child grow: ended by its own limit', async () => {
    const growing = engineThat('greedy', 'const all = []; for (;;) all.push(Array(1e6).fill({}));');
    const modelPath = file('greedy.gguf', plainFile);
    await assert.rejects(inspectorWith({ enginePath: growing }).inspect({ ...tiny, modelPath }), {
      message: /greedy\.gguf is damaged: impossible numbers in its header\. Fetch it again\./,
    });
  });

  it('cancelled: its child is gone, and others are still answered', async () => {
    const inspector = inspectorWith();
    const controller = new AbortController();
    const cancelled = inspector.inspect(tiny, controller.signal);
    const other = inspector.inspect(tiny);
    controller.abort();
    await assert.rejects(cancelled, { name: 'AbortError' });
    assert.equal((await other).facts.layers, 6);
  });

  it('ends its child when there is nothing more to ask', async () => {
    const inspector = inspectorWith({ idleMs: 50 });
    await inspector.inspect(tiny);
    while (process.getActiveResourcesInfo().includes('ProcessWrap')) await nextTurn();
    assert.equal((await inspector.inspect(tiny)).facts.layers, 6);
  });

  it('closed: answers nothing any more', async () => {
    const inspector = inspectorWith();
    const waiting = inspector.inspect(tiny);
    await Promise.all([assert.rejects(waiting, { name: 'LoadError' }), inspector.close()]);
    await assert.rejects(inspector.inspect(tiny), { message: 'The host is ending.' });
  });

  it('measures how fast RAM is read, once', async () => {
    const inspector = inspectorWith();
    const speed = await inspector.memoryBandwidth();
    assert.ok(speed > 1e8 && speed < 1e13, `${speed} bytes/s`);
    assert.equal(await inspector.memoryBandwidth(), speed);
  });
});
