/**
 * Bundles what ships (client, host, engine, page) into dist/, and with --tests the test files into dist/test/.
 * `--watch` rebuilds on change. The grammars that `server/src/syntax/languages.ts` names are copied. koffi and node-llama-cpp stay outside: they find their native parts beside themselves.
 */
import { cpSync, writeFileSync } from 'node:fs';
import * as esbuild from 'esbuild';

const args = new Set(process.argv.slice(2));

/** @type {esbuild.BuildOptions} */
const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: true,
  // Less to parse at every start; names stay for stack traces.
  minify: true,
  keepNames: true,
  external: ['vscode', 'koffi', 'node-llama-cpp'],
  logLevel: 'warning',
};

const builds = [
  {
    ...node,
    entryPoints: {
      client: 'client/src/extension.ts',
      vramesh: 'server/src/cli.ts',
      engine: 'server/src/inference/engine/main.ts',
      tunnel: 'server/src/cluster/tunnel/worker.ts',
      unpack: 'server/src/runtime/unpack/worker.ts',
    },
    outdir: 'dist',
  },
  {
    ...node,
    format: 'esm',
    entryPoints: { 'variant-hooks': 'server/src/inference/engine/variant-hooks.ts' },
    outExtension: { '.js': '.mjs' },
    outdir: 'dist',
  },
  {
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    sourcemap: true,
    minify: true,
    logLevel: 'warning',
    entryPoints: { webview: 'webview/src/main.ts' },
    outdir: 'dist',
  },
];

if (args.has('--tests')) {
  builds.push({
    ...node,
    minify: false,
    external: [
      ...node.external,
      'mocha',
      'playwright-core',
      '@vscode/test-electron',
      '@seriousme/openapi-schema-validator',
    ],
    entryPoints: ['test/**/*.test.ts', 'test/e2e/extension/index.ts', 'test/e2e/extension/main.ts'],
    outbase: 'test',
    outdir: 'dist/test',
  });
}

const grammars = [
  'bash',
  'c-sharp',
  'cpp',
  'css',
  'go',
  'java',
  'javascript',
  'python',
  'ruby',
  'rust',
  'tsx',
  'typescript',
];
for (const file of ['tree-sitter.wasm', ...grammars.map((name) => `tree-sitter-${name}.wasm`)]) {
  cpSync(`node_modules/@vscode/tree-sitter-wasm/wasm/${file}`, `dist/grammars/${file}`);
}

/** What went into the bundles, for the licences of a package. */
const inputs = new Set();
for (const options of builds) {
  if (args.has('--watch')) await (await esbuild.context(options)).watch();
  else {
    const { metafile } = await esbuild.build({ ...options, metafile: true });
    if (options.outdir === 'dist') for (const input in metafile.inputs) inputs.add(input);
  }
}
writeFileSync('dist/inputs.json', JSON.stringify({ inputs: [...inputs] }));
