/** What an editor pays for the extension: bytes to read. How long it takes to activate, the extension's log says. */
import { statSync } from 'node:fs';
import { below, type Row } from './row';

export async function client(): Promise<Row[]> {
  return [below('client bundle', statSync('dist/client.js').size / 1000, 700, 'kB')];
}
