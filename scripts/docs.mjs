/** `npm run docs`: writes docs/protocol.md from the schemas in protocol/. */
import { writeFile } from 'node:fs/promises';
import { importTypeScript } from './import-typescript.mjs';

const { protocolDocument } = await importTypeScript('scripts/protocol-doc/index.ts');
await writeFile('docs/protocol.md', protocolDocument());
console.log('docs/protocol.md is up to date.');
