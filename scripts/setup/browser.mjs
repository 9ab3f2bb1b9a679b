import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
// Without a font every letter in a screenshot is a box.
const debianPackages = ['chromium', 'fonts-dejavu-core'];

/**
 * The browser that looks at the workbench: `CHROME_PATH`, else a Chromium on the PATH, else the one that Playwright has
 * downloaded. On Debian as root a missing one is installed; elsewhere the error says the command.
 *
 * @returns {Promise<string>} path of the executable
 */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found) return found;

  const install = ['install', '-y', '--no-install-recommends', ...debianPackages];
  if (!isDebian())
    throw new Error(
      'No Chromium found. Set CHROME_PATH, or run: npx playwright-core install --with-deps chromium',
    );
  if (process.getuid?.() !== 0)
    throw new Error(`No Chromium found. Set CHROME_PATH, or run: sudo apt-get ${install.join(' ')}`);

  console.log(`Installing ${debianPackages.join(' and ')} with apt-get: no Chromium found.`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['-qq', ...install], { env });
  const installed = await findBrowser();
  if (!installed) throw new Error('apt-get installed Chromium, but there is no chromium on the PATH.');
  return installed;
}

/** @returns {Promise<string | undefined>} */
async function findBrowser() {
  const chosen = process.env.CHROME_PATH;
  if (chosen && !existsSync(chosen)) throw new Error(`CHROME_PATH names no file: ${chosen}`);
  if (chosen) return chosen;

  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const { chromium } = await import('playwright-core');
  return [
    ...names.flatMap((name) => folders.map((dir) => path.join(dir, name))),
    chromium.executablePath(),
  ].find(existsSync);
}

/** Debian itself: Ubuntu's package of the same name is only a pointer to a snap. */
function isDebian() {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}
