/**
 * What the host adds to a completion: the same prompts, in turns, through LSP and to node-llama-cpp itself. Prompts are
 * new each time, so that neither side has them in a cache; the model goes on with its list until it is cut off.
 */
import type { State } from '#protocol';
import { startHost } from '../test/support/host';
import type { LspClient } from '../test/support/lsp';
import { type Direct, loadDirect } from './direct';
import { below, info, median, type Row, rounded } from './row';

const rounds = 40;
/** Tokens of a long completion. A short one has one: its time is the time to the first token. */
const long = 64;
const cached = 1000;

interface Times {
  readonly first: number[];
  readonly whole: number[];
}

export async function completion(): Promise<Row[]> {
  const host = await startHost();
  const window = await host.lsp();
  const ready = (state: State) => state.instances.some((instance) => instance.state === 'ready');
  const [instance] = (await window.stateIs('a ready model', ready)).instances;
  if (!instance?.fim) throw new Error('The embedded model is not placed.');
  const direct = await loadDirect(instance, instance.fim);
  try {
    const through = { lsp: lspClient(window), direct: directClient(direct) };
    const times = { lsp: noTimes(), direct: noTimes() };
    await compare(through, null);
    for (let round = 0; round < rounds; round++) await compare(through, times);
    return [...rows(times, instance.threads ?? 0), await fromCache(window)];
  } finally {
    await direct.close();
    window.close();
    await host.stop();
  }
}

/** Completes at the end of `prefix` and answers with the text. */
type Complete = (prefix: string, suffix: string, maxTokens: number) => Promise<string>;
type Ways = Readonly<Record<'lsp' | 'direct', Complete>>;

let documents = 0;

async function compare(ways: Ways, times: Readonly<Record<'lsp' | 'direct', Times>> | null): Promise<void> {
  for (const [kind, maxTokens] of [
    ['first', 1],
    ['whole', long],
  ] as const) {
    const suffix = suffixOf(documents++);
    // In turns: what disturbs the machine for a while disturbs both.
    const order = documents % 4 < 2 ? (['lsp', 'direct'] as const) : (['direct', 'lsp'] as const);
    const texts: string[] = [];
    for (const way of order) {
      const begin = performance.now();
      texts.push((await ways[way](prefix, suffix, maxTokens)).trimEnd());
      times?.[way][kind].push(performance.now() - begin);
    }
    if (texts[0] !== texts[1]) throw new Error(`Two texts for one prompt: ${JSON.stringify(texts)}`);
  }
}

function rows({ lsp, direct }: Record<'lsp' | 'direct', Times>, threads: number): Row[] {
  const speed = ({ first, whole }: Times) => ((long - 1) / (median(whole) - median(first))) * 1000;
  const slower = (a: number, b: number) => (a / b - 1) * 100;
  const [lspFirst, directFirst] = [median(lsp.first), median(direct.first)];
  return [
    info('time to first token, direct', `${rounded(directFirst)} ms`),
    info('time to first token, through LSP', `${rounded(lspFirst)} ms`),
    below('time to first token, LSP over direct', slower(lspFirst, directFirst), 5, '% more'),
    info(`decode, direct, ${threads} threads`, `${rounded(speed(direct))} tokens/s`),
    info('decode, through LSP', `${rounded(speed(lsp))} tokens/s`),
    below('decode time, LSP over direct', slower(speed(direct), speed(lsp)), 5, '% more'),
  ];
}

function lspClient(window: LspClient): Complete {
  return async (prefix, suffix, maxTokens) => {
    await window.notify('workspace/didChangeConfiguration', { settings: { completions: { maxTokens } } });
    const uri = `file:///bench-${documents}.ts`;
    await window.open(uri, prefix + suffix);
    const [item] = await window.complete(uri, ...endOf(prefix));
    await window.notify('textDocument/didClose', { textDocument: { uri } });
    return item?.insertText ?? '';
  };
}

function directClient(direct: Direct): Complete {
  return async (prefix, suffix, maxTokens) => {
    const { text, tokens } = await direct.complete(prefix, suffix, maxTokens);
    if (tokens !== maxTokens) throw new Error(`The model wrote ${tokens} tokens instead of ${maxTokens}.`);
    return text;
  };
}

async function fromCache(window: LspClient): Promise<Row> {
  const uri = 'file:///cached.ts';
  await window.open(uri, prefix + suffixOf(documents++));
  await window.complete(uri, ...endOf(prefix));
  const begin = performance.now();
  for (let i = 0; i < cached; i++) await window.complete(uri, ...endOf(prefix));
  const perSecond = cached / ((performance.now() - begin) / 1000);
  return info('completions from the cache, one after the other', `${rounded(perSecond)} per second`);
}

const code = `export function isEmpty(text: string): boolean {
  return text.trim() === '';
}

export function firstLine(text: string): string {
  const [line] = text.split('\\n');
  return line ?? '';
}

`;
/** The embedded model goes on with names to import, one after the other. */
const prefix = `${code.repeat(2)}import `;

/** Each document differs where the prompt of the embedded model begins: at the suffix. */
function suffixOf(document: number): string {
  return `
// part ${document}
export async function copy(from: string, to: string): Promise<void> {
  const text = await readFile(path.join(from, 'settings.json'), 'utf8');
  if (!isEmpty(text)) await writeFile(path.join(to, 'settings.json'), text);
}
`;
}

function endOf(text: string): [line: number, character: number] {
  const lines = text.split('\n');
  return [lines.length - 1, lines.at(-1)?.length ?? 0];
}

function noTimes(): Times {
  return { first: [], whole: [] };
}
