/**
 * Where a block begins and where it ends, by the tree of a window around the cursor. What is typed is seldom whole: the
 * questions are about single tokens, which a tree has even where it has errors.
 */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { Language } from './languages';
import { isOneOf, nextTokenStart, tokenBefore } from './leaves';
import type { BoundedParser } from './parser';

/** UTF-16 units of one parse, which takes half a millisecond where they are code, and is bounded where they are not. */
const WINDOW = 2560;
/** Of these, so many are behind the cursor, or were written by the model at most. */
const AFTER = 512;
const WRITTEN = 1536;
/** Siblings of a `:` that are looked at. */
const MAX_SIBLINGS = 16;
/** Nodes around the head of a block that start where it does, such as the statement around a call. */
const MAX_PARENTS = 8;

/** Several statements, without brackets around them. */
const STATEMENTS: ReadonlySet<string> = new Set(['statement_list', 'block', 'body_statement']);
/** Tokens that begin a block as the last of such a node: in shell, Ruby, and JSX. */
const HEADS: ReadonlyMap<string, string> = new Map([
  [')', 'case_item'],
  ['|', 'block_parameters'],
  ['>', 'jsx_opening_element'],
]);
/** What stands before a body that is in braces, as the grammars call it. */
const ENDS_OF_HEADS = /^\)$|param|parenthesized|condition|declarator/;
const CLOSERS: ReadonlySet<string> = new Set(['}', ')', ']', 'end', 'fi', 'done', 'esac']);

/** Whatever the text is, an answer takes few milliseconds. */
export interface Grammar {
  /** Is a block begun at the cursor, is the cursor in an empty block, or in something else? */
  blockAt(text: string, offset: number): 'starts' | 'empty' | 'other';
  /** Where the block ends that was begun before the cursor: units of `written`, whole lines. null: it may go on. */
  blockEnd(prefix: string, written: string): number | null;
}

export function createGrammar(parser: BoundedParser, language: Language): Grammar {
  function blockAt(text: string, offset: number): 'starts' | 'empty' | 'other' {
    const before = windowBefore(text.slice(0, offset), WINDOW - AFTER);
    const window = before + text.slice(offset, offset + AFTER);
    const opened = parser.parse(window, (root) => {
      const token = tokenBefore(root, window, before.length);
      if (token === null) return 'other';
      const line = lineStart(window, token.endIndex);
      if (hasBody(root, window, before.length, line)) return 'other';
      if (isInString(token, window.slice(line, token.endIndex))) return 'other';
      if (opens(token, line)) return 'starts';
      return mayBeHead(token) ? 'perhaps' : 'other';
    });
    if (opened === null || opened === 'other') return 'other';
    if (opened === 'perhaps' && !takesBraces(before)) return 'other';
    return isBlank(before.slice(before.lastIndexOf('\n') + 1)) ? 'empty' : 'starts';
  }

  /** Something is in the block already: the next token is further right than the line of its head. */
  function hasBody(root: Node, text: string, offset: number, headLine: number): boolean {
    const next = nextTokenStart(root, text, offset);
    if (next === null || !text.slice(offset, next).includes('\n')) return next !== null;
    return column(text, next) > column(text, headLine);
  }

  function opens(token: Node, line: number): boolean {
    if (isOneOf(language.openers, token)) return true;
    if (token.type === ':') return follows(token, language.colonAfter);
    const head = HEADS.get(token.type);
    if (head !== undefined && head === token.parent?.type) return true;
    if (language.endedByEnd.size === 0) return false;
    const first = token.tree.rootNode.descendantForIndex(line, line + 1);
    return first !== null && isOneOf(language.endedByEnd, first);
  }

  function mayBeHead(token: Node): boolean {
    return language.braces && token.type === ')';
  }

  /** `{}` behind a head are its body; behind a statement they are a block of their own. */
  function takesBraces(before: string): boolean {
    const head = before.trimEnd();
    const isBody = parser.parse(`${head} {}`, (root) => {
      const body = root.descendantForIndex(head.length + 1, head.length + 2)?.parent;
      const owner = body?.parent;
      if (body == null || owner == null || body.isError || owner.isError) return false;
      if (!ENDS_OF_HEADS.test(body.previousSibling?.type ?? '')) return false;
      // A call in a script is read as the head of a method, wherever that makes sense of `{}`.
      return owner.type !== 'method_definition' || owner.parent?.type === 'class_body';
    });
    return isBody ?? false;
  }

  function blockEnd(prefix: string, written: string): number | null {
    if (written.length > WRITTEN) return null;
    const before = windowBefore(prefix, WINDOW - WRITTEN);
    const text = before + written;
    const end = parser.parse(text, (root) => {
      const token = tokenBefore(root, text, before.length);
      if (token === null) return null;
      const line = lineStart(text, token.endIndex);
      return opens(token, line) || mayBeHead(token) ? statementEnd(root, text, before.length, token) : null;
    });
    return end === null ? null : end - before.length;
  }
  return { blockAt, blockEnd };
}

/** The end of the last line of the statement that has its head on the line of `opener`; null: it may go on. */
function statementEnd(root: Node, text: string, offset: number, opener: Node): number | null {
  const node = statementAt(root, lineStart(text, opener.endIndex), opener.endIndex);
  if (node === null || node.hasError || node.endIndex <= offset) return null;
  const lineEnd = text.indexOf('\n', node.endIndex);
  const end = lineEnd < 0 ? text.length : lineEnd;
  if (nextTokenStart(root, text, end) !== null) return end;

  const closer = opener.parent?.lastChild;
  if (closer == null || !CLOSERS.has(closer.type) || closer.startIndex < offset) return null;
  return /^[\s)\]};,]*$/.test(text.slice(closer.endIndex, end)) ? end : null;
}

function statementAt(root: Node, start: number, end: number): Node | null {
  let node = root.descendantForIndex(start, end);
  for (let parents = 0; node !== null && parents < MAX_PARENTS; parents++) {
    const { parent } = node;
    if (parent === null || parent.parent === null || STATEMENTS.has(parent.type)) break;
    if (!node.type.endsWith('_clause') && parent.startIndex !== node.startIndex) break;
    node = parent;
  }
  return node === null || node.parent === null || node.isError ? null : node;
}

/** A string that is not closed yet is an error, and what is in it is taken for tokens. */
function isInString(token: Node, line: string): boolean {
  const quotes = line.replace(/\\.|'"'/g, '').split('"').length - 1;
  return quotes % 2 === 1 && token.parent?.isError === true;
}

function follows(token: Node, types: ReadonlySet<string>): boolean {
  let sibling = token.previousSibling;
  for (let count = 0; sibling !== null && count < MAX_SIBLINGS; count++) {
    const first = sibling.firstChild ?? sibling;
    if (types.has(sibling.type) || types.has(first.type)) return true;
    if ('([{'.includes(sibling.type) || sibling.type === 'lambda') return false;
    sibling = sibling.previousSibling;
  }
  return false;
}

/**
 * A window that begins in the midst of a block begins with what closes nothing. So it begins where a line is not
 * indented, if there is such a line, or else with a whole line.
 */
function windowBefore(prefix: string, size: number): string {
  if (prefix.length <= size) return prefix;
  const cut = prefix.slice(-size);
  const outermost = cut.search(/(?<=\n)[\p{L}_@#]/u);
  return cut.slice(outermost >= 0 ? outermost : cut.indexOf('\n') + 1);
}

/** Of the line that has a token ending at `offset`: where its first token starts. */
function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start + text.slice(start).search(/\S|$/);
}

function column(text: string, offset: number): number {
  return offset - text.lastIndexOf('\n', offset - 1) - 1;
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}
