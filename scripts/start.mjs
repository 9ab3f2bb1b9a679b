/**
 * `npm start`: installs what is missing, builds, and opens the example in VS Code with the extension from this checkout: in the
 * desktop one where `code` is on the PATH and there is a screen, else in the workbench, whose address it prints.
 * `npm start -- --browser` takes the workbench in any case. VRAMESH_* variables reach the extension and its host.
 */
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildNative } from './native/build.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { run } from './setup/run.mjs';
import { startWorkbench } from './workbench/index.mjs';

const repository = path.resolve(fileURLToPath(new URL('..', import.meta.url)));
/** A copy, fresh each time: what one types there is no change of the repository. */
const example = path.join(repository, 'dist/example');
/** Where typing brings a completion: FILE:LINE:COLUMN. */
const typeHere = `${path.join(example, 'cart.ts')}:21:1`;

const { values } = parseArgs({ options: { browser: { type: 'boolean', default: false } } });

try {
  await ensurePackages(repository);
  console.log('Building.');
  await run(process.execPath, ['esbuild.mjs'], { cwd: repository });
  const lacking = await buildNative();
  if (lacking !== null) console.log(`Without native/ (slower on the CPU, no split models): ${lacking}.`);
  await cp(path.join(repository, 'example'), example, { recursive: true });
  if (values.browser || !(await openDesktop())) await openWorkbench();
} catch (error) {
  console.error(`npm start: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** @returns {Promise<boolean>} whether a desktop VS Code has opened the example */
async function openDesktop() {
  if (!hasScreen()) return false;
  try {
    await run('code', [
      `--extensionDevelopmentPath=${repository}`,
      '--disable-workspace-trust',
      '--skip-welcome',
      example,
      '--goto',
      typeHere,
    ]);
    console.log('VS Code has opened the example in a window of its own: type in cart.ts.');
    return true;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    console.log(code === 'ENOENT' ? 'There is no "code" on the PATH.' : `VS Code did not open: ${message}.`);
    return false;
  }
}

/** In WSL and in a remote window's terminal, `code` is a messenger that does not pass on an extension in development. */
function hasScreen() {
  const { DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME, VSCODE_IPC_HOOK_CLI } = process.env;
  if (WSL_DISTRO_NAME || VSCODE_IPC_HOOK_CLI) return false;
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

async function openWorkbench() {
  const workbench = await startWorkbench({
    workspace: example,
    file: typeHere,
    extensionPath: repository,
    home: 'own',
  });
  console.log(`
VS Code with VRAMesh is ready. Open this address in a browser on this machine, and type in cart.ts:

    ${workbench.url}

Ctrl-C stops it. Whoever is logged in on this machine can open the address.
In this mode VS Code shows no notification pop-ups: they wait under the bell at the bottom right.
`);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stopping = true;
      void workbench.stop();
    });
  }
  await workbench.ended;
  await workbench.stop();
  if (stopping) return;
  console.error(`The workbench has ended by itself:\n${workbench.log()}`);
  process.exitCode = 1;
}
