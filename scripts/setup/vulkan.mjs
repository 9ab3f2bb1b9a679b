import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { run } from './run.mjs';

const drivers = '/usr/share/vulkan/icd.d';
const debianPackages = ['libvulkan1', 'mesa-vulkan-drivers'];

/**
 * A Vulkan device in software (Mesa's lavapipe): on machines without a GPU the tests load models onto it. On Debian and
 * Ubuntu as root a missing one is installed; elsewhere on Linux the error says what to do. Other systems have none.
 */
export async function ensureVulkan() {
  if (process.platform !== 'linux' || hasLavapipe()) return;
  const install = ['install', '-y', '--no-install-recommends', ...debianPackages];
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    throw new Error(
      `No Vulkan device in software found (lvp_icd*.json in ${drivers}). ` +
        `On Debian and Ubuntu: sudo apt-get ${install.join(' ')}`,
    );
  console.log(`Installing ${debianPackages.join(' and ')} with apt-get: no Vulkan device in software found.`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['-qq', ...install], { env });
}

function hasLavapipe() {
  const installed =
    existsSync(drivers) && readdirSync(drivers).some((name) => /^lvp_icd.*\.json$/.test(name));
  const libraries = ['/usr/lib', '/usr/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];
  return installed && libraries.some((folder) => existsSync(`${folder}/libvulkan.so.1`));
}
