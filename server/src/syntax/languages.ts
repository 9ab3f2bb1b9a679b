/** What the grammars do not say alike: which tokens begin a block at the end of a line. */

export interface Language {
  /** In the folder of the grammars. */
  readonly file: string;
  /** As VS Code names the languages. */
  readonly ids: readonly string[];
  /** At the end of a line, these begin a block. */
  readonly openers: ReadonlySet<string>;
  /** A `:` begins a block when one of these stands before it, beside it in the tree. */
  readonly colonAfter: ReadonlySet<string>;
  /** At the start of a line, these begin a block that `end` closes. */
  readonly endedByEnd: ReadonlySet<string>;
  /** A line that ends in `)` may be a head whose `{` is on the next one. */
  readonly braces: boolean;
}

const BRACKETS = ['{', '(', '['];
const C_WORDS = ['else', 'do', 'try', 'finally'];
const NONE: ReadonlySet<string> = new Set();

function cLike(
  file: string,
  ids: readonly string[],
  openers: readonly string[],
  more: readonly string[] = [],
): Language {
  return {
    file,
    ids,
    openers: new Set([...BRACKETS, ...C_WORDS, ...openers]),
    colonAfter: new Set(['case', 'default', ...more]),
    endedByEnd: NONE,
    braces: true,
  };
}

export const languages: readonly Language[] = [
  cLike('tree-sitter-typescript.wasm', ['typescript'], ['=>']),
  cLike('tree-sitter-tsx.wasm', ['typescriptreact'], ['=>']),
  cLike('tree-sitter-javascript.wasm', ['javascript', 'javascriptreact'], ['=>']),
  cLike('tree-sitter-java.wasm', ['java'], ['->']),
  cLike('tree-sitter-c-sharp.wasm', ['csharp'], ['=>']),
  cLike(
    'tree-sitter-cpp.wasm',
    ['cpp', 'c', 'cuda-cpp'],
    [],
    ['access_specifier', 'public', 'private', 'protected'],
  ),
  // A head and its `{` are on one line.
  { ...cLike('tree-sitter-go.wasm', ['go'], []), braces: false },
  cLike('tree-sitter-rust.wasm', ['rust'], ['=>']),
  {
    file: 'tree-sitter-css.wasm',
    ids: ['css'],
    openers: new Set(['{']),
    colonAfter: NONE,
    endedByEnd: NONE,
    braces: false,
  },
  {
    file: 'tree-sitter-python.wasm',
    ids: ['python'],
    openers: new Set(BRACKETS),
    colonAfter: new Set('if elif else for while def class with try except finally match case'.split(' ')),
    endedByEnd: NONE,
    braces: false,
  },
  {
    file: 'tree-sitter-bash.wasm',
    ids: ['shellscript'],
    openers: new Set(['{', '(', 'then', 'do', 'else', 'in']),
    colonAfter: NONE,
    endedByEnd: NONE,
    braces: true,
  },
  {
    file: 'tree-sitter-ruby.wasm',
    ids: ['ruby'],
    openers: new Set([...BRACKETS, 'then', 'do', 'else', 'begin', 'rescue', 'ensure']),
    colonAfter: NONE,
    endedByEnd: new Set('def class module if unless while until for case when'.split(' ')),
    braces: false,
  },
];

export function languageOf(id: string): Language | null {
  return languages.find(({ ids }) => ids.includes(id)) ?? null;
}
