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
    ['Prompt tokens', `${prompts}, ${share(tokens.reused, prompts)} of them found in the KV cache`],
    ['Written tokens', `${tokens.generated}, ${share(tokens.wasted, tokens.generated)} of them never shown`],
    ['Speed', speed(measures)],
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  return [
    'Completions since the host started. Counted on this machine only, and never sent anywhere.',
    'Tokens include what is prepared while nobody types.',
    ...rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`),
  ].join('\n');
}

function sources({ screen, cache, flight, engine }: CompletionMeasures['answered']): string {
  return `the screen ${screen}, the cache ${cache}, a generation under way ${flight}, a new one ${engine}`;
}

/** As long as nothing was measured, nothing is said. */
function speed({ slow, first_token_ms }: CompletionMeasures): string {
  if (slow)
    return 'slow: half of the last answers took more than 1.5 s. A smaller model, or one all on the GPU, is quicker.';
  return first_token_ms === null ? unknown : 'as it should be';
}

function share(part: number, all: number): string {
  return all === 0 ? unknown : percent((100 * part) / all);
}

function times(measured: CompletionMeasures['first_token_ms']): string {
  return orUnknown(measured, ({ p50, p95 }) => `half within ${whole(p50)} ms, 95% within ${whole(p95)} ms`);
}
