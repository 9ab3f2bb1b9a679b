/** What `vramesh complete --explain` prints. Pure. What models and files say reaches the terminal without control characters. */
import type { Explanation } from '#protocol';
import { orUnknown, whole } from './format';
import { plain } from './terminal-text';

const extents = { line: 'one line', block: 'a block' } as const;

/** No line ends with a line break. */
export function explanationText(explanation: Explanation): string {
  const { model, prompt, context, extent, written, stopped, filters, offered, reason } = explanation;
  return [
    section(`Prompt for ${plain(model)}`, [prompt]),
    section(
      'Pieces of other files in it',
      context.map(({ path, line, lines, origin }) => `${path}:${line + 1}, ${lines} lines (${origin})`),
    ),
    section(`Written (${extents[extent]} was asked for)`, [written]),
    section('Stopped by', [stopped ?? 'the model itself']),
    section('Cost', costLines(explanation)),
    ...filters.map(({ filter, text }) => section(`After the filter "${filter}"`, [text])),
    section('Offered', [reason === null ? offered : `Nothing: ${reason}.`]),
  ].join('\n\n');
}

function costLines({ cost }: Explanation): string[] {
  if (cost === null) return ['The engine did not tell.'];
  return [
    `${cost.prompt_tokens} tokens of prompt: ${cost.reused_tokens} reused, ${cost.evaluated_tokens} evaluated`,
    `${cost.generated_tokens} tokens written, the first after ${orUnknown(cost.first_token_ms, whole)} ms, all after ${whole(cost.total_ms)} ms`,
  ];
}

function section(title: string, texts: readonly string[]): string {
  const lines = texts.flatMap((text) => text.split('\n')).map((line) => `  │ ${plain(line)}`);
  return [`${title}:`, ...(lines.length > 0 ? lines : ['  none'])].join('\n');
}
