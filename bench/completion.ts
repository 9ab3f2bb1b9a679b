/** What the host adds to a completion, for the embedded model and for one that is large enough to be of use. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { placeRequest, type State } from '#protocol';
import { startHost } from '../test/support/host';
import type { LspClient } from '../test/support/lsp';
import { writeRandomModel } from '../test/support/random-model';
import { ask } from './ask';
import { compare } from './compare';
import { newDocument } from './documents';
import { info, type Row, rounded } from './row';

/** 87 million parameters, 50 MB: the smallest that people use, and some ten times as slow as the embedded model. */
const shape = { embedding: 768, feedForward: 2048, layers: 12, heads: 12 };
const cached = 1000;

export async function completion(): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-bench-'));
  const host = await startHost();
  const window = await host.lsp();
  try {
    const ready = (state: State) => state.instances.some((instance) => instance.state === 'ready');
    const [embedded] = (await window.stateIs('a ready model', ready)).instances;
    if (!embedded) throw new Error('The embedded model is not placed.');
    const rows = await compare('embedded model', window, embedded, 40);
    rows.push(await fromCache(window));

    const file = path.join(folder, 'random.gguf');
    writeRandomModel(file, shape);
    const { instance } = await window.request(placeRequest, { model_id: file, context_size: 1024 });
    return [...rows, ...(await compare('87 M parameters', window, instance, 12))];
  } finally {
    window.close();
    await host.stop();
    rmSync(folder, { recursive: true });
  }
}

async function fromCache(window: LspClient): Promise<Row> {
  const { uri, text, end } = newDocument();
  const place = { uri, line: end[0], character: end[1] };
  await window.open(uri, text);
  await ask(window, place);
  const begin = performance.now();
  for (let i = 0; i < cached; i++) await ask(window, place);
  const perSecond = cached / ((performance.now() - begin) / 1000);
  return info('from the cache, one after the other', `${rounded(perSecond)} completions/s`);
}
