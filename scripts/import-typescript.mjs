import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a TypeScript file with all that it imports, and loads it. Packages with native parts stay outside.
 *
 * @param {string} file
 */
export async function importTypeScript(file) {
  const outfile = path.resolve('dist/scripts', `${file.replace(/\.ts$/, '')}.cjs`);
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
}
