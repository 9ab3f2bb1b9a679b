/** How a model writes that it calls a function, by the chat template that it was trained with. Pure. */
import type { ToolFormat } from '#protocol';

interface Sign {
  readonly format: ToolFormat;
  /** Each is in its templates. */
  readonly shows: readonly RegExp[];
  /** Is in those of others that look like it. */
  readonly unlike: RegExp;
}

const SIGNS: readonly Sign[] = [
  // Others have XML between the marks.
  { format: 'hermes', shows: [/<tool_call>/, /arguments\\?"\s*:/], unlike: /<function=|<arg_key>/ },
  // Later ones write [TOOL_CALLS]name[ARGS].
  { format: 'mistral', shows: [/\[TOOL_CALLS\]/], unlike: /\[ARGS\]/ },
  { format: 'llama', shows: [/\bipython\b/, /"parameters\\?"\s*:/], unlike: /<\|?tool_call/ },
];

/** null: it takes no functions, or its model calls them in a way that is not read here. */
export function toolFormatOf(template: string): ToolFormat | null {
  if (!/\btools\b/.test(template)) return null;
  const found = SIGNS.find(
    ({ shows, unlike }) => shows.every((sign) => sign.test(template)) && !unlike.test(template),
  );
  return found?.format ?? null;
}
