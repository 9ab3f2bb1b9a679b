/**
 * `npm run package [-- --target PLATFORM]`: builds, and makes vramesh-<platform>.vsix. For another platform its binaries come from
 * the registry; native/ is compiled for this one only, so there the package works without splitting models.
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildNative } from './native/build.mjs';
import { stage } from './package/stage.mjs';
import { binaryPackages, thisTarget } from './package/targets.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { run } from './setup/run.mjs';

process.chdir(path.resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..'));

const { values } = parseArgs({
  options: { target: { type: 'string', default: thisTarget }, out: { type: 'string' } },
});
const { target, out = `vramesh-${target}.vsix` } = values;

try {
  binaryPackages(target);
  await ensurePackages('.');
  await run(process.execPath, ['esbuild.mjs']);
  if (target === thisTarget) {
    const lacking = await buildNative();
    if (lacking !== null) throw new Error(`native/ was not compiled: ${lacking}`);
  } else if (!existsSync(`dist/native/${target}`))
    console.log(
      `Without native/, which is compiled here for ${thisTarget} only: a model must fit on one machine there, and the CPU is slower.`,
    );
  const folder = path.resolve('dist/package', target);
  await stage(target, folder);
  // Only now: in a fresh checkout it has just been installed.
  const { createVSIX } = await import('@vscode/vsce');
  await createVSIX({
    cwd: folder,
    packagePath: path.resolve(out),
    target,
    dependencies: false,
    rewriteRelativeLinks: false,
  });
  console.log(`${out}: ${((await stat(out)).size / 1e6).toFixed(1)} MB`);
} catch (error) {
  console.error(`npm run package: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
