/**
 * `npm run bench`: builds what ships, measures speed and memory, and prints a table. Takes about three minutes.
 * `npm run bench -- idleHost` measures only that; the names are those in bench/index.ts.
 */

import path from 'node:path';
import { importTypeScript } from './import-typescript.mjs';
import { buildNative, buildVariant } from './native/build.mjs';
import { ensureCompiler } from './setup/compiler.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { run } from './setup/run.mjs';

await ensurePackages(process.cwd());
await ensureCompiler();
await run(process.execPath, ['esbuild.mjs']);
const lacking = await buildNative();
if (lacking !== null) throw new Error(`native/ was not compiled: ${lacking}`);

const wanted = process.argv.slice(2);
if (wanted.length === 0 || wanted.includes('split'))
  buildVariant(path.resolve('bench/native/tcp-transport.cpp'), path.resolve('dist/bench/libplain.so'));

const { bench } = await importTypeScript('bench/index.ts');
await bench(wanted);
// llama.cpp's add-on keeps a process alive.
process.exit(0);
