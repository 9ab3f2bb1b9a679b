/** What an editor pays for the extension: bytes to read, and time to activate. */
import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';
import { below, missing, type Row } from './row';

/** Written by the test suite in the extension host: only there is there something to activate. */
const activationFile = 'dist/test/activation.json';
const activationSchema = z.object({ ms: z.number() });

export async function client(): Promise<Row[]> {
  return [below('client bundle', statSync('dist/client.js').size / 1000, 700, 'kB'), activation()];
}

function activation(): Row {
  try {
    const { ms } = activationSchema.parse(JSON.parse(readFileSync(activationFile, 'utf8')));
    return below('activate(), in the extension host', ms, 50, 'ms');
  } catch {
    return missing('activate()', '< 50 ms', 'run "npm test -- extension" before');
  }
}
