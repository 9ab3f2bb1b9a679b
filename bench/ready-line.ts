/** How long a user waits for a host: from its start to its ready line. The embedded model is placed after that. */
import { startHost } from '../test/support/host';
import { below, median, type Row } from './row';

const starts = 11;

export async function readyLine(): Promise<Row[]> {
  const times: number[] = [];
  for (let i = 0; i < starts; i++) {
    const begin = performance.now();
    const host = await startHost();
    times.push(performance.now() - begin);
    await host.stop();
  }
  return [below(`ready line after start, median of ${starts}`, median(times), 500, 'ms')];
}
