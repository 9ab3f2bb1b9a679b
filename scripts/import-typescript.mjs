import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a TypeScript file with all that it imports, and loads it. Packages with native parts stay where they are.
 *
 * @param {string} file
 */
export async function importTypeScript(file) {
  // Inside the repository, so that packages that stay outside the bundle are found.
  const folder = await mkdtemp(path.resolve('node_modules', '.bundle-'));
  try {
    const outfile = path.join(folder, 'bundle.cjs');
    await build({
      entryPoints: [file],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['koffi', 'node-llama-cpp'],
      logLevel: 'warning',
    });
    return createRequire(import.meta.url)(outfile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
