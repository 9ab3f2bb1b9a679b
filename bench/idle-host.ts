/** What a host costs while nobody types: eight GPUs, one window that looks, the embedded model placed. */
import { setTimeout as delay } from 'node:timers/promises';
import { lookingNotification } from '#protocol';
import { enginePid, startHost } from '../test/support/host';
import { nvmlEnvironment, scenarioPath } from '../test/support/nvml';
import { cpuMilliseconds, residentMegabytes } from './process-cost';
import { below, info, missing, type Row, rounded } from './row';

/** ms for the start to be over, with what the garbage collectors do after it. */
const settleMs = 15_000;
const watchMs = 20_000;

export async function idleHost(): Promise<Row[]> {
  if (process.platform !== 'linux') return [missing('idle host', '< 1 % of a core, < 120 MB', 'needs /proc')];
  const host = await startHost({
    env: { ...nvmlEnvironment(scenarioPath('eight-mixed')), VRAMESH_BACKEND: 'cpu' },
  });
  const engine = await enginePid(host);
  const window = await host.lsp();
  await window.notify(lookingNotification.method, { looking: true });
  await delay(settleMs);

  const load = (pid: number, before: number) => ((cpuMilliseconds(pid) - before) / watchMs) * 100;
  const before = { host: cpuMilliseconds(host.pid), engine: cpuMilliseconds(engine) };
  await delay(watchMs);
  const rows = [
    below('idle host, 8 GPUs at 1 Hz, CPU', load(host.pid, before.host), 1, '% of a core'),
    below('idle host, resident memory', residentMegabytes(host.pid), 120, 'MB'),
    info(
      'its engine, embedded model',
      `${rounded(load(engine, before.engine))} % of a core, ${rounded(residentMegabytes(engine))} MB`,
    ),
  ];
  window.close();
  await host.stop();
  return rows;
}
