import { spawnSync } from 'node:child_process';
import { run } from './run.mjs';

const debianPackages = ['iproute2'];

/**
 * Network namespaces: tests give hosts machines of their own. That needs Linux, root (a container's will do) and
 * iproute2, which is installed on Debian and Ubuntu. Elsewhere on Linux the error says what to do.
 */
export async function ensureNamespaces() {
  if (process.platform !== 'linux') return;
  if (process.getuid?.() !== 0)
    throw new Error(
      'The network tests make network namespaces, and only root may. Run the tests in a container, or with sudo.',
    );
  if (spawnSync('ip', ['-V'], { stdio: 'ignore' }).status === 0) return;
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    throw new Error('The network tests need "ip" (iproute2). Install it with your package manager.');
  console.log('Installing iproute2 with apt-get: no "ip" found.');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...debianPackages], { env });
}
