/**
 * An engine that coordinates in no time, for tests in which no word matters: it takes its shards as llama.cpp does, says that
 * the model is loaded, and holds them until it is ended. Everything else that an engine is asked for the real one does.
 * Usage: instead of the engine's bundle, with the path of that bundle in REAL_ENGINE.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

/** ggml-rpc's HELLO: the command, the length of what follows, and what this end can do (nothing beyond the usual). */
const hello = Buffer.concat([Buffer.from([14, 24]), Buffer.alloc(7 + 24)]);

async function load({ context_size, sequences }) {
  // A line for each shard: see native/registry.cpp.
  for (const line of process.env.VRAMESH_SPLIT?.split('\n') ?? []) {
    const shard = connect(line.split(' ').at(-1) ?? '');
    shard.write(hello);
    await once(shard, 'data');
  }
  const model = {
    architecture: 'llama',
    devices: [],
    layers: 7,
    layers_on_gpu: 7,
    batch_size: 256,
    threads: 1,
  };
  const context = {
    context_size,
    trained_context_size: 1024,
    sequences,
    fim: null,
    buffers: [],
    chat_template: false,
    tool_format: null,
  };
  process.send?.({ type: 'loaded', model: { ...model, ...context } });
}

process.once('message', async (message) => {
  if (message.type === 'load') {
    process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
    await load(message);
  } else {
    await import(process.env.REAL_ENGINE ?? '');
    process.emit('message', message);
  }
});
