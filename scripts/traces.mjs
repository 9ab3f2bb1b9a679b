/** `node scripts/traces.mjs`: writes test/fixtures/traces anew from the programs in test/support/typing. */
import { writeFile } from 'node:fs/promises';
import { importTypeScript } from './import-typescript.mjs';
import { run } from './setup/run.mjs';

const { allTraces } = await importTypeScript('test/support/typing/index.ts');
for (const trace of allTraces()) {
  await writeFile(`test/fixtures/traces/${trace.name}.json`, JSON.stringify(trace));
}
await run('npx', ['biome', 'format', '--write', 'test/fixtures/traces']);
