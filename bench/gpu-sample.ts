/** What one sample of eight GPUs costs the host in CPU time, on the stand-in NVML: the calls, not the driver behind them. */
import { createSampler } from '../server/src/telemetry/sampler';
import { nvmlEnvironment, scenarioPath } from '../test/support/nvml';
import { createTree } from '../test/support/tree';
import { below, type Row } from './row';

const warmUp = 50;
const samples = 300;

export async function gpuSample(): Promise<Row[]> {
  const environment = nvmlEnvironment(scenarioPath('eight-mixed'));
  Object.assign(process.env, environment);
  const tree = createTree();
  const sampler = createSampler({ nvmlLibrary: environment.VRAMESH_NVML_LIBRARY, root: tree.root });
  try {
    let now = 0;
    const sampleMany = async (count: number) => {
      for (let i = 0; i < count; i++) {
        now += 1000;
        sampler.sample(now);
        // Some calls go on in other threads; they belong to the cost.
        await new Promise(setImmediate);
      }
    };
    await sampleMany(warmUp);
    const before = process.cpuUsage();
    await sampleMany(samples);
    const { user, system } = process.cpuUsage(before);
    return [below('one sample of 8 GPUs, CPU time', (user + system) / 1000 / samples, 2, 'ms')];
  } finally {
    sampler.close();
    tree.remove();
    for (const name of Object.keys(environment)) delete process.env[name];
  }
}
