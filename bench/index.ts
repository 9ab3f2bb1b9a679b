/** The measures behind docs/performance.md, one file each. They inform: a missed target is a row, not a failure. */
import { availableParallelism } from 'node:os';
import { table } from '../scripts/protocol-doc/markdown';
import { cleanUp } from '../test/support/host';
import { api } from './api';
import { client } from './client';
import { cluster } from './cluster';
import { completion } from './completion';
import { gpuSample } from './gpu-sample';
import { idleHost } from './idle-host';
import { idleMesh } from './idle-mesh';
import { lookup } from './lookup';
import { placement } from './placement';
import { readyLine } from './ready-line';
import type { Row } from './row';
import { split } from './split';
import { topology } from './topology';
import { traces } from './traces';
import { typing } from './typing';

const measures = {
  readyLine,
  gpuSample,
  idleHost,
  client,
  completion,
  api,
  typing,
  traces,
  lookup,
  placement,
  cluster,
  split,
  idleMesh,
  topology,
};

/** Prints the table, of all measures or of those named. A measure that breaks is named, and the others go on. */
export async function bench(only: readonly string[]): Promise<void> {
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(measures)) {
    if (only.length > 0 && !only.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    try {
      rows.push(...(await measure()));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      rows.push({ measure: name, target: '', measured: `broke: ${reason}`, ok: null });
    } finally {
      await cleanUp();
    }
  }
  const words = ({ ok }: Row) => (ok === null ? '' : ok ? 'ok' : 'missed');
  const lines = rows.map((row) => [row.measure, row.target, row.measured, words(row)]);
  console.log(`\n${table(['measure', 'target', 'measured', ''], lines)}`);
  console.log(
    `\nNode ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores`,
  );
}
