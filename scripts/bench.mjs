/**
 * `npm run bench`: builds what ships, measures speed and memory, and prints a table. Takes about three minutes.
 * `npm run bench -- idleHost` measures only that; the names are those in bench/index.ts.
 */

import { importTypeScript } from './import-typescript.mjs';
import { ensureCompiler } from './setup/compiler.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { run } from './setup/run.mjs';

await ensurePackages(process.cwd());
await ensureCompiler();
await run(process.execPath, ['esbuild.mjs']);

const { bench } = await importTypeScript('bench/index.ts');
await bench(process.argv.slice(2));
// llama.cpp's add-on keeps a process alive.
process.exit(0);
