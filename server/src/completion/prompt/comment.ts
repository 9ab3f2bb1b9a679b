/** How a language begins a comment that ends with its line; for the others nothing is said in comments. */

const SLASHES =
  'c cpp csharp dart fsharp go groovy java javascript javascriptreact jsonc kotlin less objective-c php rust scala scss swift typescript typescriptreact zig';
const HASHES =
  'coffeescript dockerfile elixir julia makefile perl powershell python r ruby shellscript toml yaml';
const DASHES = 'ada haskell lua sql';

const starts = new Map(
  Object.entries({ '//': SLASHES, '#': HASHES, '--': DASHES }).flatMap(([start, languages]) =>
    languages.split(' ').map((language): [string, string] => [language, start]),
  ),
);

/** The lines as comments; null: the language has none. */
export function comment(languageId: string, lines: string): string | null {
  const start = starts.get(languageId);
  if (start === undefined) return null;
  return lines
    .split('\n')
    .map((line) => `${start} ${line}`.trimEnd())
    .join('\n');
}
