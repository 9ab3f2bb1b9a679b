/** What can only be seen on a machine where CUDA works. Prints what it measures: keep it in docs/performance.md. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import type { Backend, Gpu } from '#protocol';
import { type Engine, type LoadPlan, startEngine } from '../../server/src/inference';
import { openTelemetry } from '../../server/src/telemetry';
import { writeRandomModel } from '../support/random-model';

const mib = 1024 ** 2;
/** 1.1 GB at 4.5 bits a weight: the size of a good small code model. */
const shape = { embedding: 2048, feedForward: 8192, layers: 28, heads: 16 };
const tokens = 64;

describe('a machine with CUDA', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-gpu-'));
  const modelPath = path.join(folder, 'random.gguf');
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line).msg) });
  const telemetry = openTelemetry({ nvmlLibrary: process.env.VRAMESH_NVML_LIBRARY, log });

  before(() => writeRandomModel(modelPath, shape));
  after(() => {
    telemetry.close();
    rmSync(folder, { recursive: true });
  });

  it('reads the same numbers as nvidia-smi', () => {
    const { gpus, driver_version } = telemetry.sample();
    const rows = smi('name,memory.total,memory.used,temperature.gpu,power.draw,driver_version');
    assert.equal(gpus.length, rows.length);
    for (const [index, [name, total, used, temp, power, driver]] of rows.entries()) {
      const gpu = gpus[index] as Gpu;
      console.log(
        `  ${gpu.name}: ${inMib(gpu.vram_used)} / ${inMib(gpu.vram_total)} MiB, smi ${used} / ${total} MiB`,
      );
      assert.equal(gpu.name, name);
      assert.equal(driver_version, driver);
      assert.ok(Math.abs(inMib(gpu.vram_total) - Number(total)) <= 1, 'total');
      assert.ok(Math.abs(inMib(gpu.vram_used) - Number(used)) <= 64, 'used');
      assert.ok(Math.abs((gpu.temp ?? 0) - Number(temp)) <= 5, 'temperature');
      assert.ok(Math.abs((gpu.power_watts ?? 0) - Number(power)) <= Number(power) * 0.5 + 10, 'power');
    }
  });

  it('computes with CUDA, all layers on the GPU, and gives the VRAM back', async () => {
    const before = telemetry.sample().memory.gpu_vram_used ?? 0;
    const engine = await load('cuda');
    const held = (telemetry.sample().memory.gpu_vram_used ?? 0) - before;
    console.log(`  held while loaded: ${inMib(held)} MiB`);
    assert.ok(lines.includes('Using llama.cpp CUDA backend'), lines.join('\n'));
    assert.equal(engine.model.layers_on_gpu, engine.model.layers);
    assert.ok(held > 1000 * mib);
    assert.ok(
      telemetry.sample().gpus.some((gpu) => gpu.processes?.some(({ pid }) => pid === engine.pid)) ||
        inContainer(),
    );
    await engine.stop();
    const left = (telemetry.sample().memory.gpu_vram_used ?? 0) - before;
    assert.ok(left < 64 * mib, `${inMib(left)} MiB are still held`);
  });

  it('decodes faster on the GPU than on the CPU', async () => {
    const speeds: Record<string, number> = {};
    for (const backend of ['cpu', 'cuda'] as const) {
      const engine = await load(backend);
      await decode(engine);
      speeds[backend] = await decode(engine);
      await engine.stop();
    }
    const ratio = (speeds.cuda ?? 0) / (speeds.cpu ?? 1);
    console.log(
      `  CPU ${speeds.cpu?.toFixed(1)} tok/s, GPU ${speeds.cuda?.toFixed(1)} tok/s: ${ratio.toFixed(1)} times`,
    );
    assert.ok(ratio > 1);
  });

  function load(backend: Backend): Promise<Engine> {
    return startEngine({
      modelPath,
      backends: [backend],
      cudaExpected: true,
      native: null,
      plan: backend === 'cpu' ? { gpuLayers: 0, gpus: [] } : wholeOnFirstGpu(),
      kvCacheType: 'f16',
      contextSize: 4096,
      sequences: 1,
      programSequences: 1,
      log,
      onProgress: () => {},
      signal: new AbortController().signal,
      enginePath: path.resolve('dist/engine.js'),
    });
  }
});

/** Every block and the output layer. */
function wholeOnFirstGpu(): LoadPlan {
  return { gpuLayers: shape.layers + 1, gpus: [{ index: 0, uuid: null }] };
}

/** Tokens per second of one long answer. */
async function decode(engine: Engine): Promise<number> {
  const text = 'function add(a: number, b: number) {\n  return a + b;\n}\n'.repeat(8);
  const { done } = engine.generate({
    prompt: [{ kind: 'text', text, max_tokens: 512, keep: 'end' }],
    maxTokens: tokens,
    temperature: 0,
    seed: 0,
    priority: 'user',
    affinity: 'gpu',
    signal: new AbortController().signal,
  });
  const { tokens_per_second } = (await done).stats;
  assert.ok(tokens_per_second !== null, 'the model ended before it had written two tokens');
  return tokens_per_second;
}

function smi(fields: string): string[][] {
  const text = execFileSync('nvidia-smi', [`--query-gpu=${fields}`, '--format=csv,noheader,nounits'], {
    encoding: 'utf8',
  });
  return text
    .trim()
    .split('\n')
    .map((row) => row.split(', '));
}

/** Inside a container NVML knows processes by the ids of the host outside. */
function inContainer(): boolean {
  return (
    process.pid < 1000 || execFileSync('cat', ['/proc/1/cgroup'], { encoding: 'utf8' }).includes('docker')
  );
}

function inMib(bytes: number | null): number {
  return Math.round((bytes ?? Number.NaN) / mib);
}
