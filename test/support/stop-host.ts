import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** Ends the host of this environment with all its engines: it outlives every window by design. Fails when it does not end. */
export async function stopHost(env: Record<string, string>): Promise<void> {
  await promisify(execFile)(process.execPath, [path.resolve('dist/vramesh.js'), 'stop'], {
    env: { ...process.env, ...env },
    timeout: 15_000,
  });
}
