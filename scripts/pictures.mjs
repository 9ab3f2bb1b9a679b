/** `npm run pictures`: builds the topology page and takes the pictures of it that the README shows, in docs/images/. */
import { importTypeScript } from './import-typescript.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { run } from './setup/run.mjs';

await ensurePackages(process.cwd());
await run(process.execPath, ['esbuild.mjs']);
const { takePictures } = await importTypeScript('scripts/pictures/topology.ts');
await takePictures();
