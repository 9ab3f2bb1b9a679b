/** Tokens around a place in a tree. White space and comments are between tokens. */
import type { Node } from '@vscode/tree-sitter-wasm';

/** Comments that are skipped, so that a page of them costs little. */
const MAX_COMMENTS = 50;

/** The last token that ends at or before `offset`; null: there is none, or `offset` is in a comment. */
export function tokenBefore(root: Node, text: string, offset: number): Node | null {
  let at = offset;
  for (let comments = 0; comments <= MAX_COMMENTS; comments++) {
    at = text.slice(0, at).trimEnd().length;
    if (at === 0) return null;
    const leaf = root.descendantForIndex(at - 1, at);
    if (leaf === null) return null;
    const comment = commentOf(leaf);
    if (comment === null) return leaf;
    const isOpen = comment.endIndex >= offset && !text.slice(comment.startIndex, offset).includes('\n');
    if (comment.endIndex > offset || isOpen) return null;
    at = comment.startIndex;
  }
  return null;
}

/** Where the first token starts at or after `offset`; null: there is none. */
export function nextTokenStart(root: Node, text: string, offset: number): number | null {
  let at = offset;
  for (let comments = 0; comments <= MAX_COMMENTS; comments++) {
    at += text.slice(at).search(/\S|$/);
    if (at >= text.length) return null;
    const leaf = root.descendantForIndex(at, at + 1);
    const comment = leaf === null ? null : commentOf(leaf);
    if (comment === null) return at;
    at = Math.max(at + 1, comment.endIndex);
  }
  return null;
}

/** Some grammars have tokens inside a comment. */
function commentOf(leaf: Node): Node | null {
  const parent = leaf.parent;
  return [leaf, parent, parent?.parent].find((node) => node?.type.includes('comment')) ?? null;
}

export function isOneOf(types: ReadonlySet<string>, node: Node): boolean {
  return !node.isMissing && types.has(node.type);
}
