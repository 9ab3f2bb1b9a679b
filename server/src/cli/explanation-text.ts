/** What `vramesh complete --explain` prints. Pure. What models and files say reaches the terminal without control characters. */
import type { Explanation } from '#protocol';
import { orUnknown, unknown, whole } from './format';
import { plain, plainCode } from './terminal-text';

const extents = { line: 'one line', block: 'a block' } as const;
const noPieces =
  'none: the command line opens only this file. An editor has those that were opened, edited, visited and copied in it.';

/** In the order in which it happens. No line ends with a line break. */
export function explanationText(explanation: Explanation): string {
  const { model, prompt, context, extent, written, stopped, cost, filters, offered, reason } = explanation;
  const pieces = context.map(
    ({ path, line, lines, origin }) =>
      `${plain(path)}, lines ${line + 1} to ${line + lines} (${plain(origin)})`,
  );
  return [
    code(`Prompt for ${plain(model)}, ${promptCost(cost)}`, prompt),
    pieces.length > 0
      ? ['Pieces of other files in it:', ...pieces.map((piece) => `  ${piece}`)].join('\n')
      : `Pieces of other files in it: ${noPieces}`,
    `Asked for: ${extents[extent]}`,
    code(`Written by the model, ${writingCost(cost)}`, written),
    `Stopped by: ${plain(stopped ?? 'the model itself')}`,
    ...filters.map(({ filter, text }) => code(`After the filter "${plain(filter)}"`, text)),
    reason === null ? code('Offered', offered) : `Offered: nothing, for ${plain(reason)}.`,
  ].join('\n\n');
}

function promptCost(cost: Explanation['cost']): string {
  if (cost === null) return `${unknown} tokens`;
  const { prompt_tokens, reused_tokens, evaluated_tokens } = cost;
  return `${prompt_tokens} tokens (${reused_tokens} from the KV cache, ${evaluated_tokens} evaluated)`;
}

function writingCost(cost: Explanation['cost']): string {
  if (cost === null) return `${unknown} tokens`;
  const { generated_tokens, first_token_ms, total_ms } = cost;
  const first = generated_tokens === 0 ? '' : `, the first after ${orUnknown(first_token_ms, whole)} ms`;
  return `${generated_tokens} tokens in ${whole(total_ms)} ms${first}`;
}

function code(title: string, text: string): string {
  if (text === '') return `${title}: nothing`;
  return [`${title}:`, ...text.split('\n').map((line) => `  │ ${plainCode(line)}`.trimEnd())].join('\n');
}
