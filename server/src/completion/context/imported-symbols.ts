/** Where imported symbols are used near the cursor: what they are is worth knowing, and the editor can say it. */
import { type DocumentLines, textOf } from './chunk';
import { type ImportedNames, importedNames } from './import-names';

/** As LSP counts: lines and UTF-16 units from 0. */
export interface SymbolPosition {
  readonly line: number;
  readonly character: number;
  /** What stands there; with the module's name before it, where it is a member of one. */
  readonly name: string;
}

/** Lines at the head of a file that have its imports. */
const HEAD_LINES = 200;
/** Lines before and after the cursor. */
const NEAR_LINES = 30;
/** UTF-16 units; more than this is no code that somebody wrote. */
const MAX_CHARACTERS = 32 * 1024;
const MAX_SYMBOLS = 8;

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const MEMBER = /^\s*(?:\.|::)\s*([\p{L}_$][\p{L}\p{N}_$]*)/u;
/** Lines that import, or go on doing so. */
const IMPORTS = /^\s*(?:import|from|use|using|export\b.*\bfrom)\b|\brequire\s*\(/;

/** Nearest to the cursor first, each once. */
export function importedSymbols(
  document: DocumentLines & { readonly languageId: string },
  line: number,
): SymbolPosition[] {
  const head = textOf(document, 0, HEAD_LINES);
  const from = Math.max(0, line - NEAR_LINES);
  const near = textOf(document, from, line + NEAR_LINES + 1);
  if (head.length > MAX_CHARACTERS || near.length > MAX_CHARACTERS) return [];
  const names = importedNames(document.languageId, head);
  if (names === null) return [];

  const uses = near
    .split(/\r\n?|\n/)
    .flatMap((text, index) => (IMPORTS.test(text) ? [] : usesIn(text, from + index, names)))
    .sort((one, other) => Math.abs(one.line - line) - Math.abs(other.line - line));
  const nearest = new Map<string, SymbolPosition>();
  for (const use of uses) if (!nearest.has(use.name)) nearest.set(use.name, use);
  return [...nearest.values()].slice(0, MAX_SYMBOLS);
}

function usesIn(text: string, line: number, names: ImportedNames): SymbolPosition[] {
  const found: SymbolPosition[] = [];
  for (const { 0: name, index } of text.matchAll(WORD)) {
    // Somebody else's member of that name.
    if (text[index - 1] === '.') continue;
    const member = names.modules.has(name) ? MEMBER.exec(text.slice(index + name.length)) : null;
    if (member?.[1] !== undefined) {
      const character = index + name.length + member[0].length - member[1].length;
      found.push({ line, character, name: `${name}.${member[1]}` });
    } else if (names.symbols.has(name) || (names.anyType && /^[A-Z]/.test(name))) {
      found.push({ line, character: index, name });
    }
  }
  return found;
}
