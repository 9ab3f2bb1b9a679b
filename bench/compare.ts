/** One model, the same prompts, in turns: through LSP, and node-llama-cpp called directly. */
import { getStateRequest, type Instance } from '#protocol';
import type { LspClient } from '../test/support/lsp';
import { type Direct, loadDirect } from './direct';
import { type BenchDocument, newDocument } from './documents';
import { below, info, median, type Row, rounded } from './row';

/** Tokens of a whole completion. One of a single token takes the time to the first token. */
const whole = 64;
const lengths = [1, whole];

/** Opens a document; what it answers with completes there, and is what the clock runs for. */
type Open = (document: BenchDocument, maxTokens: number) => Promise<() => Promise<string>>;
type Way = 'lsp' | 'direct';
type Times = Record<Way, Map<number, number[]>>;

export async function compare(
  model: string,
  window: LspClient,
  instance: Instance,
  rounds: number,
): Promise<Row[]> {
  const direct = await loadDirect(instance);
  try {
    const ways = { lsp: throughLsp(window), direct: directly(direct) };
    const times: Times = { lsp: new Map(), direct: new Map() };
    await playRound(ways, { lsp: new Map(), direct: new Map() }, 0);
    for (let round = 0; round < rounds; round++) await playRound(ways, times, round);
    return rows(`${model}, ${instance.threads} threads`, times);
  } finally {
    await direct.close();
  }
}

async function playRound(ways: Readonly<Record<Way, Open>>, times: Times, round: number): Promise<void> {
  for (const tokens of lengths) {
    const document = newDocument();
    const texts: string[] = [];
    // In turns: what disturbs the machine for a while disturbs both.
    for (const way of round % 2 === 0 ? (['lsp', 'direct'] as const) : (['direct', 'lsp'] as const)) {
      const complete = await ways[way](document, tokens);
      const begin = performance.now();
      texts.push((await complete()).trimEnd());
      times[way].set(tokens, [...(times[way].get(tokens) ?? []), performance.now() - begin]);
    }
    if (texts[0] !== texts[1]) throw new Error(`Two texts for one prompt: ${JSON.stringify(texts)}`);
  }
}

function throughLsp(window: LspClient): Open {
  return async ({ uri, text, end }, maxTokens) => {
    await window.notify('workspace/didChangeConfiguration', { settings: { completions: { maxTokens } } });
    await window.open(uri, text);
    // Answered after both were understood.
    await window.request(getStateRequest, {});
    return async () => (await window.complete(uri, ...end))[0]?.insertText ?? '';
  };
}

function directly(direct: Direct): Open {
  return async ({ prefix, suffix }, maxTokens) =>
    async () => {
      const { text, tokens } = await direct.complete(prefix, suffix, maxTokens);
      if (tokens !== maxTokens) throw new Error(`The model wrote ${tokens} tokens instead of ${maxTokens}.`);
      return text;
    };
}

function rows(title: string, times: Times): Row[] {
  const [first, all] = lengths.map((tokens) => ({
    lsp: median(times.lsp.get(tokens) ?? []),
    direct: median(times.direct.get(tokens) ?? []),
  }));
  if (!first || !all) return [];
  const speed = (way: Way) => ((whole - 1) / (all[way] - first[way])) * 1000;
  const more = (ratio: number) => (ratio - 1) * 100;
  const both = (lsp: number, direct: number, unit: string) => `${rounded(lsp)} : ${rounded(direct)} ${unit}`;
  return [
    info(`${title}: first token, LSP : direct`, both(first.lsp, first.direct, 'ms')),
    below('time to first token, LSP over direct', more(first.lsp / first.direct), 5, '% more'),
    info(`${title}: decode, LSP : direct`, both(speed('lsp'), speed('direct'), 'tokens/s')),
    below('time per token, LSP over direct', more(speed('direct') / speed('lsp')), 5, '% more'),
  ];
}
