/** What typing costs a host with the embedded model: all traces at once, in the time in which they were typed; then single keys. */
import { startHost } from '../test/support/host';
import type { LspClient } from '../test/support/lsp';
import {
  createProbe,
  generationsFor,
  type HostReport,
  numbersOf,
  type Played,
  percentile,
  play,
  readTraces,
} from '../test/support/typing';
import { ask, type Place } from './ask';
import { newDocument } from './documents';
import { atLeast, below, info, median, type Row, rounded } from './row';

const rounds = 500;
const typed = 'const average = add(total, 2);';

export async function traces(): Promise<Row[]> {
  return [...(await typingRows()), ...(await singleKeyRows())];
}

async function typingRows(): Promise<Row[]> {
  const { played, report } = await playAll();
  const keys = played.reduce((sum, each) => sum + each.keys, 0);
  const flicker = played.flatMap((each) => each.flicker).length;
  const own = Math.max(0, ...report.stalls.map((stall) => stall.own ?? Number.NaN));
  const longest = Math.max(0, ...report.stalls.map(({ ms }) => ms));
  return [
    atLeast('keys that need no engine', 100 * (1 - generationsFor(report) / keys), 60, '%'),
    below('items that changed while they were typed', flicker, 1, 'items'),
    below('longest stall of the event loop, of its own making', own, 20, 'ms'),
    info('longest stall of the event loop, other programs included', `${longest.toFixed(1)} ms`),
  ];
}

async function playAll(): Promise<{ readonly played: readonly Played[]; readonly report: HostReport }> {
  const probe = createProbe();
  const host = await startHost({ env: probe.env });
  const all = readTraces();
  const windows = await Promise.all(all.map(async (trace) => ({ trace, window: await host.lsp() })));
  await Promise.all(windows.map(({ window }) => ready(window)));
  const begin = Date.now();
  const played = await Promise.all(windows.map(({ window, trace }) => play(window, trace, { speed: 1 })));
  const end = Date.now();
  const { completions } = await host.state();
  await host.stop();
  const { generations, stalls } = probe.report(begin);
  const report = { generations, stalls: stalls.filter(({ at }) => at <= end) };
  for (const line of numbersOf(played, report, completions)) process.stderr.write(`  ${line}\n`);
  return { played, report };
}

async function singleKeyRows(): Promise<Row[]> {
  const probe = createProbe();
  const host = await startHost({ env: probe.env });
  const window = await host.lsp({ settings: { completions: { debounce: 0 } } });
  await ready(window);
  const begin = Date.now();
  const nowhere = { uri: 'file:///not-open.ts', line: 0, character: 0 };
  const [first, second] = [await openNew(window), await openNew(window)];
  // In turns: then neither is on the screen of its document for the other place.
  const above = { ...first, line: first.line - 1, character: 0 };
  const screen = await timesOf(window, [first, second], nowhere);
  const cache = await timesOf(window, [first, above], nowhere);

  const whole = newDocument();
  const cut = newDocument();
  await typeIn(window, { ...whole });
  await typeIn(window, { ...cut, text: cut.prefix });
  await host.stop();
  const of = (uri: string) =>
    probe
      .report(begin)
      .generations.filter(({ affinity, priority }) => affinity === uri && priority === 'user')
      .flatMap(({ stats }) => (stats === null ? [] : [stats]));
  const [withSuffix, without] = [of(whole.uri), of(cut.uri)];
  const suffix = (withSuffix[0]?.prompt_tokens ?? 0) - (without[0]?.prompt_tokens ?? 0);
  const evaluated = withSuffix.slice(1).map(({ evaluated_tokens }) => evaluated_tokens);
  const mostChanged = Math.max(...without.slice(1).map(({ evaluated_tokens }) => evaluated_tokens));
  return [
    info('a request that is answered with nothing, round trip, median and p95', pair(screen.nothing)),
    info('from the screen, round trip, median and p95', pair(screen.answered)),
    below('from the screen, beyond that of nothing, p95', beyond(screen), 2, 'ms'),
    info('from the cache, round trip, median and p95', pair(cache.answered)),
    below('from the cache, beyond that of nothing, p95', beyond(cache), 2, 'ms'),
    {
      measure: 'tokens evaluated after one typed character, median and most',
      target: `≤ changed + suffix (${mostChanged} + ${suffix})`,
      measured: `${median(evaluated)} and ${Math.max(...evaluated)}`,
      ok: Math.max(...evaluated) <= mostChanged + suffix,
    },
  ];
}

async function ready(window: LspClient): Promise<void> {
  await window.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');
}

async function openNew(window: LspClient): Promise<Place> {
  const { uri, text, end } = newDocument();
  await window.open(uri, text);
  return { uri, line: end[0], character: end[1] };
}

interface Times {
  readonly answered: number[];
  readonly nothing: number[];
}

/** ms of each request at these places in turns, once each was asked for; and of one that nobody answers, in between. */
async function timesOf(window: LspClient, places: readonly Place[], nowhere: Place): Promise<Times> {
  const times: Times = { answered: [], nothing: [] };
  for (const place of places) await ask(window, place);
  for (let round = 0; round < rounds; round++) {
    for (const place of places) {
      times.answered.push(await timeOf(window, place));
      times.nothing.push(await timeOf(window, nowhere));
    }
  }
  return times;
}

async function timeOf(window: LspClient, place: Place): Promise<number> {
  const begin = performance.now();
  await ask(window, place);
  return performance.now() - begin;
}

function beyond({ answered, nothing }: Times): number {
  return percentile(answered, 0.95) - percentile(nothing, 0.95);
}

function pair(times: readonly number[]): string {
  return `${rounded(median(times))} and ${rounded(percentile(times, 0.95))} ms`;
}

/** One key after the other, each of which is completed before the next. */
async function typeIn(
  window: LspClient,
  { uri, text, end: [line, character] }: ReturnType<typeof newDocument>,
): Promise<void> {
  await window.open(uri, text);
  for (const [index, key] of [...typed].entries()) {
    const at = { line, character: character + index };
    await window.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 + index },
      contentChanges: [{ range: { start: at, end: at }, text: key }],
    });
    await ask(window, { uri, line, character: at.character + 1 });
  }
}
