/**
 * Bundles what ships (client, host, engine, page) into dist/, and with --tests the test files into dist/test/.
 * `--watch` rebuilds on change. koffi and node-llama-cpp stay outside: they find their native parts beside themselves.
 */
import * as esbuild from 'esbuild';

const args = new Set(process.argv.slice(2));
const release = args.has('--release');

/** @type {esbuild.BuildOptions} */
const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: true,
  minify: release,
  external: ['vscode', 'koffi', 'node-llama-cpp'],
  logLevel: 'warning',
};

const builds = [
  {
    ...node,
    minify: true,
    keepNames: true,
    entryPoints: { client: 'client/src/extension.ts' },
    outdir: 'dist',
  },
  {
    ...node,
    entryPoints: { vramesh: 'server/src/cli.ts', engine: 'server/src/inference/engine/main.ts' },
    outdir: 'dist',
  },
];

if (args.has('--tests')) {
  builds.push({
    ...node,
    external: [...node.external, 'mocha', 'playwright-core', '@vscode/test-electron'],
    entryPoints: ['test/**/*.test.ts'],
    outbase: 'test',
    outdir: 'dist/test',
  });
}

for (const options of builds) {
  if (args.has('--watch')) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}
