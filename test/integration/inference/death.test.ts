import assert from 'node:assert/strict';
import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { mock } from 'node:test';
import type { Engine } from '../../../server/src/inference';
import { isAlive, until } from '../../support/until';
import { complete, endless, enginePath, infill, PATIENCE_MS, request, start, tinyModel } from './support';

describe('engine: dying', function () {
  this.timeout(PATIENCE_MS);

  it('killed in the middle: what it was working on fails at once, and the exit says so', async () => {
    const engine = await start();
    const generation = engine.generate(request(endless, { maxTokens: 450 }));
    const reading = (async () => {
      for await (const _ of generation) process.kill(engine.pid, 'SIGKILL');
    })();
    await assert.rejects(reading, { name: 'EngineError', message: /was killed/ });
    await assert.rejects(generation.done, { name: 'EngineError' });
    const exit = await engine.exited;
    assert.equal(exit.signal, 'SIGKILL');
    assert.equal(exit.expected, false);
    await assert.rejects(complete(engine, endless), { name: 'EngineError', message: /was killed/ });
  });

  it('stopped: the process is gone, and it was expected', async () => {
    const engine = await start();
    const generation = engine.generate(request(endless, { maxTokens: 450 }));
    await engine.stop();
    await assert.rejects(generation.done, { message: 'The engine was stopped.' });
    assert.throws(() => process.kill(engine.pid, 0), { code: 'ESRCH' });
    assert.equal((await engine.exited).expected, true);
  });

  it('frozen: it is ended, and whoever waits hears why', async () => {
    const engine = await start({ silenceLimit: 300 });
    process.kill(engine.pid, 'SIGSTOP');
    await assert.rejects(complete(engine, endless), { message: /said nothing for 0\.3 s/ });
    assert.equal((await engine.exited).expected, false);
  });

  it('frozen: stopping it still works', async () => {
    const engine = await start();
    process.kill(engine.pid, 'SIGSTOP');
    await engine.stop();
    assert.throws(() => process.kill(engine.pid, 0), { code: 'ESRCH' });
  });

  describe('stuck in a driver, where nothing can kill it', () => {
    let engine: Engine;
    const silenceLimit = 300;
    beforeEach(async () => {
      engine = await start({ silenceLimit });
      process.kill(engine.pid, 'SIGSTOP');
      mock.method(ChildProcess.prototype, 'kill', () => true);
    });
    afterEach(async () => {
      mock.restoreAll();
      mock.timers.reset();
      process.kill(engine.pid, 'SIGKILL');
      await until('gone', async () => !(await isAlive(engine.pid)));
    });

    it('whoever waits for an answer hears why, at once', async () => {
      await assert.rejects(complete(engine, endless), { message: /said nothing for 0\.3 s/ });
      await assert.rejects(complete(engine, endless), { message: /said nothing for 0\.3 s/ });
    });

    it('whoever stops it does not wait for ever', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      const stopping = engine.stop();
      mock.timers.tick(1000);
      mock.timers.tick(5000);
      await stopping;
      assert.ok(await isAlive(engine.pid));
    });
  });

  /** Starts an engine as the host does. It says when the model is loaded; its engine keeps the same stdout open. */
  const host = `
    const engine = require('node:child_process').fork(process.argv[1], [String(process.pid)], {
      serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    engine.on('message', (message) => { if (message.type === 'loaded') console.log('engine ' + engine.pid); });
    engine.send({ type: 'load', model_path: process.argv[2], backend: 'cpu', gpu_layers: 0, kv_cache_type: 'f16', context_size: 512, sequences: 1, program_sequences: 1 });
  `;

  async function killHost(beforehand: (enginePid: number) => void): Promise<void> {
    const child = spawn(process.execPath, ['-e', host, enginePath, tinyModel], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [, pid] = /^engine (\d+)$/.exec(line) ?? [];
      if (pid === undefined) continue;
      beforehand(Number(pid));
      break;
    }
    // "close" comes only when the engine has let go of the pipe as well
    const closed = once(child, 'close');
    child.stdout.resume();
    child.kill('SIGKILL');
    await closed;
  }

  it('its host is killed: it goes too', () => killHost(() => {}));

  it('its host is killed while it is frozen: it goes too', async () => {
    // only Linux kills a stopped process for its parent; elsewhere it goes when it wakes
    await killHost((pid) => {
      if (process.platform === 'linux') process.kill(pid, 'SIGSTOP');
    });
  });

  it('Ctrl-C in the terminal is for the host to handle', async () => {
    const engine = await start();
    process.kill(engine.pid, 'SIGINT');
    const { text } = await complete(engine, infill('for (let i = 0; i < arr.', '\n  sum += arr[i];\n}\n'));
    assert.equal(text, 'length; i++) {');
    await engine.stop();
  });
});
