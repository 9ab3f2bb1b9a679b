/**
 * The names that a file's imports bring in, by regular expressions over its head: no parser, no language server, and
 * no harm where one is missed. A name that stands for a whole module is told apart: what is of interest is its member.
 */

export interface ImportedNames {
  readonly symbols: ReadonlySet<string>;
  readonly modules: ReadonlySet<string>;
  /** Imports that name nothing, as in C#: any capitalised word may come from there. */
  readonly anyType: boolean;
}

interface Found {
  readonly symbols: Set<string>;
  readonly modules: Set<string>;
}
type Reader = (head: string, found: Found) => void;

const readers: Readonly<Record<string, Reader>> = {
  typescript: readScript,
  typescriptreact: readScript,
  javascript: readScript,
  javascriptreact: readScript,
  vue: readScript,
  svelte: readScript,
  python: readPython,
  go: readGo,
  rust: readRust,
  java: readJava,
  csharp: readCsharp,
};

/** null: nothing is imported, or nobody knows how this language does it. */
export function importedNames(languageId: string, head: string): ImportedNames | null {
  const read = Object.hasOwn(readers, languageId) ? readers[languageId] : undefined;
  if (!read) return null;
  // Without runs of blanks no expression has to try where in them one part ends and the next begins.
  const compact = head.replace(/[^\S\n]+/g, ' ').replace(/(?: ?\n)+/g, '\n');
  const found: Found = { symbols: new Set(), modules: new Set() };
  read(compact, found);
  const anyType = languageId === 'csharp' && /^ ?(?:global )?using [\w.]+ ?;/m.test(compact);
  return found.symbols.size + found.modules.size > 0 || anyType ? { ...found, anyType } : null;
}

/** `import D, { a as b } from`, `import * as n from`, `import n = require`, `const { a: b } = require(`. */
function readScript(head: string, { symbols, modules }: Found): void {
  const clauses = [
    ...head.matchAll(/\bimport\s+(?:type\s+)?([^'"`;()]{1,2000}?)\s+from\s*['"]/g),
    ...head.matchAll(/\b(?:const|let|var|import)\s+([^'"`;()=]{1,2000}?)\s*=\s*require\s*\(/g),
  ];
  for (const [, clause = ''] of clauses) {
    const braces = clause.indexOf('{');
    const outside = braces < 0 ? clause : clause.slice(0, braces);
    for (const [, name = ''] of clause.slice(outside.length).matchAll(/([\w$]+)\s*(?=[,}])/g))
      symbols.add(name);
    for (const part of outside.split(',')) {
      const name = /([\w$]+)\s*$/.exec(part)?.[1];
      if (name === undefined) continue;
      if (part.includes('*')) modules.add(name);
      else symbols.add(name);
    }
  }
}

/** `from m import a, b as c`, also in parentheses over several lines; `import m as n`. */
function readPython(head: string, { symbols, modules }: Found): void {
  const from = /^ ?from [\w.]+ import ?(?:\(([^)]{1,2000})\)|([^\n(]{1,2000}))/gm;
  for (const [, inParentheses, onLine] of head.matchAll(from)) {
    const names = (inParentheses ?? onLine ?? '').replace(/#[^\n]*/g, '');
    for (const part of names.split(',')) add(symbols, /(\w+)\s*\\?\s*$/.exec(part)?.[1]);
  }
  for (const [, list = ''] of head.matchAll(/^ ?import ([^\n#;]{1,2000})/gm)) {
    for (const part of list.split(',')) {
      add(modules, /\bas\s+(\w+)\s*$/.exec(part)?.[1] ?? /^\s*(\w+)/.exec(part)?.[1]);
    }
  }
}

/** `import f "path/pkg"`, alone or in parentheses: a package is used as `pkg.Name`. */
function readGo(head: string, { modules }: Found): void {
  for (const [, list, single] of head.matchAll(/^import ?(?:\(([^)]{1,8000})\)|([^\n(]{1,400}))/gm)) {
    for (const line of (list ?? single ?? '').split('\n')) {
      const [, alias, path = ''] = /^\s*([\w.]+\s+)?"([^"]{1,400})"/.exec(line) ?? [];
      // "path/v2" is named after what is before it.
      add(modules, alias?.trim() ?? /([\w-]+?)(?:\/v\d+)?$/.exec(path)?.[1]);
    }
  }
}

/** `use a::{b, c::{d as e, self}};`: the leaves of the tree. */
function readRust(head: string, { symbols, modules }: Found): void {
  for (const [, tree = ''] of head.matchAll(/^ ?(?:pub )?use ([^;]{1,2000});/gm)) {
    for (const [, name = ''] of `${tree};`.matchAll(/(\w+)\s*(?=[,};])/g)) {
      if (name !== 'self' && name !== '_') (/^[A-Z]/.test(name) ? symbols : modules).add(name);
    }
    for (const [, name = ''] of tree.matchAll(/(\w+)\s*::\s*\{\s*self\b/g)) modules.add(name);
  }
  // A function that is imported by its name looks like a module, until it is used.
  for (const name of modules) symbols.add(name);
}

/** `import a.b.C;`, `import static a.b.C.d;`. */
function readJava(head: string, { symbols }: Found): void {
  for (const [, name = ''] of head.matchAll(/^ ?import (?:static )?[\w.]+\.(\w+) ?;/gm)) {
    symbols.add(name);
  }
}

/** `using A = B.C;`. Other usings name no symbol. */
function readCsharp(head: string, { symbols }: Found): void {
  for (const [, name = ''] of head.matchAll(/^ ?(?:global )?using (\w+) ?=/gm)) {
    symbols.add(name);
  }
}

function add(names: Set<string>, name: string | undefined): void {
  if (name !== undefined && name !== '') names.add(name);
}
