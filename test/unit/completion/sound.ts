/** What must hold of everything that is offered, wherever it is. */
import assert from 'node:assert/strict';
import type { CompletionRequest, Suggestion } from '../../../server/src/completion';
import { SPECIAL } from './random';
import { apply } from './support';

export function assertSound(
  { text, offset }: Pick<CompletionRequest, 'text' | 'offset'>,
  suggestion: Suggestion,
  message: string,
): void {
  const { insertText, start, end } = suggestion;
  const [before, after] = [text.slice(0, offset), text.slice(offset)];
  const replaced = text.slice(offset, end);
  const result = apply(text, suggestion);

  assert.equal(start, offset, `begins at the cursor: ${message}`);
  assert.ok(end >= offset && !/[\r\n]/.test(replaced), `stays on the cursor's line: ${message}`);
  assert.ok(isWithin(replaced, insertText), `keeps what it replaces: ${message}`);
  assert.ok(result.startsWith(before), `keeps what stands before: ${message}`);
  assert.ok(result.endsWith(after.slice(replaced.length)), `keeps what stands behind: ${message}`);
  assert.equal(result.length, text.length + insertText.length - replaced.length, message);

  assert.doesNotMatch(insertText, SPECIAL, `no special token: ${message}`);
  assert.doesNotMatch(insertText, /[\uFFFD\0]/, `whole characters: ${message}`);
  assert.doesNotMatch(insertText, /[\uD800-\uDFFF]/u, `no half of an emoji: ${message}`);
  assert.ok(!splits(text, end), `no cut through an emoji or a line end: ${message}`);
  assert.notEqual(insertText.trim(), '', `something to see: ${message}`);
  if (/^[^\r\n]*[^\s)\]}"'`;,]/.test(after)) {
    assert.doesNotMatch(insertText, /\n/, `one line before code: ${message}`);
  }
  const lineEnd = /\r?\n/.exec(text)?.[0] ?? '\n';
  const ends = insertText.match(/\r?\n/g) ?? [];
  assert.ok(
    ends.every((each) => each === lineEnd),
    `line ends of the document: ${message}`,
  );
}

function isWithin(part: string, text: string): boolean {
  let at = 0;
  for (const unit of text) if (unit === part.charAt(at)) at += 1;
  return at >= part.length;
}

function splits(text: string, at: number): boolean {
  return /^(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|\r\n)$/.test(text.slice(Math.max(0, at - 1), at + 1));
}
