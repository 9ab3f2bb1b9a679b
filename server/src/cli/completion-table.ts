/** The table of `vramesh status --completions`. Pure. */
import type { CompletionMeasures } from '#protocol';
import { orUnknown, percent, unknown, whole } from './format';

/** No line ends with a line break. */
export function completionTable(measures: CompletionMeasures): string {
  const { requests, answered, shown, accepted, tokens } = measures;
  const withoutEngine = answered.screen + answered.cache + answered.flight;
  const all = withoutEngine + answered.engine;
  const prompts = tokens.reused + tokens.evaluated;
  const rows: [string, string][] = [
    ['Requests', `${requests}, ${all} with a suggestion`],
    ['Answered from', sources(answered)],
    ['Without the engine', share(withoutEngine, all)],
    ['Shown', `${shown}, accepted ${accepted} (${share(accepted, shown)})`],
    ['First token', times(measures.first_token_ms)],
    ['Whole answer', times(measures.total_ms)],
    ['Prompt tokens', `${prompts}, ${share(tokens.reused, prompts)} of them reused`],
    ['Written tokens', `${tokens.generated}, ${share(tokens.wasted, tokens.generated)} of them never shown`],
    ['Speed', measures.slow ? 'slow: half of the last answers took more than 1.5 s' : 'as usual'],
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  return [
    'Completions since the host started. Counted on this machine only, and never sent anywhere.',
    ...rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`),
  ].join('\n');
}

function sources({ screen, cache, flight, engine }: CompletionMeasures['answered']): string {
  return `screen ${screen}, cache ${cache}, a generation under way ${flight}, engine ${engine}`;
}

function share(part: number, all: number): string {
  return all === 0 ? unknown : percent((100 * part) / all);
}

function times(measured: CompletionMeasures['first_token_ms']): string {
  return orUnknown(measured, ({ p50, p95 }) => `${whole(p50)} ms, 95 % below ${whole(p95)} ms`);
}
