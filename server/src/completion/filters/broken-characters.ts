/** Ends the completion before a character that is cut in half, undecodable, or a control character. */
const BROKEN = /[\uD800-\uDFFF\uFFFD]|[^\P{Cc}\t\n]/u;

export function cutBrokenCharacters(text: string): string {
  const at = text.search(BROKEN);
  return at < 0 ? text : text.slice(0, at);
}
