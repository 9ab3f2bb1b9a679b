/** One model, the same prompts, in turns: through LSP, and node-llama-cpp called directly. */
import { getStateRequest, type Instance } from '#protocol';
import type { LspClient } from '../test/support/lsp';
import { ask } from './ask';
import { type Direct, loadDirect } from './direct';
import { type BenchDocument, newDocument } from './documents';
import { below, info, median, type Row, rounded } from './row';

/** As short as a suggestion may be that somebody is shown. What the host adds to a longer decode, `api` measures. */
const tokens = 3;

/** Opens a document; what it answers with completes there, and is what the clock runs for. */
type Open = (document: BenchDocument) => Promise<() => Promise<string>>;
type Way = 'lsp' | 'direct';
type Times = Record<Way, number[]>;

export async function compare(
  model: string,
  window: LspClient,
  instance: Instance,
  rounds: number,
): Promise<Row[]> {
  const direct = await loadDirect(instance);
  try {
    const ways = { lsp: throughLsp(window), direct: directly(direct) };
    const times: Times = { lsp: [], direct: [] };
    await playRound(ways, { lsp: [], direct: [] }, 0);
    for (let round = 0; round < rounds; round++) await playRound(ways, times, round);
    return rows(`${model}, ${instance.threads} threads`, times);
  } finally {
    await direct.close();
  }
}

async function playRound(ways: Readonly<Record<Way, Open>>, times: Times, round: number): Promise<void> {
  const document = newDocument();
  const texts: string[] = [];
  // In turns: what disturbs the machine for a while disturbs both.
  for (const way of round % 2 === 0 ? (['lsp', 'direct'] as const) : (['direct', 'lsp'] as const)) {
    const complete = await ways[way](document);
    const begin = performance.now();
    texts.push((await complete()).trimEnd());
    times[way].push(performance.now() - begin);
  }
  if (texts[0] !== texts[1]) throw new Error(`Two texts for one prompt: ${JSON.stringify(texts)}`);
}

function throughLsp(window: LspClient): Open {
  return async ({ uri, text, end: [line, character] }) => {
    const settings = { completions: { maxTokens: tokens, debounce: 0 } };
    await window.notify('workspace/didChangeConfiguration', { settings });
    await window.open(uri, text);
    // Answered after both were understood.
    await window.request(getStateRequest, {});
    return () => ask(window, { uri, line, character });
  };
}

function directly(direct: Direct): Open {
  return async ({ prefix, suffix }) =>
    async () =>
      (await direct.complete(prefix, suffix, tokens)).text;
}

function rows(title: string, times: Times): Row[] {
  const [lsp, direct] = [median(times.lsp), median(times.direct)];
  return [
    info(`${title}: three tokens, LSP : direct`, `${rounded(lsp)} : ${rounded(direct)} ms`),
    below('time of a suggestion, LSP over direct', (lsp / direct - 1) * 100, 5, '% more'),
    info('the same, in ms', `${rounded(lsp - direct)} ms`),
  ];
}
