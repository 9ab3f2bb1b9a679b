/**
 * One whole completion as a text: `├…┤` stands at the cursor and holds what is offered, and `⟦…⟧` directly behind it
 * what that replaces: `foo(├a, b);┤⟦)⟧` is offered in `foo(|)`. Nothing between the first two: nothing is offered.
 */

export interface Golden {
  readonly name: string;
  readonly shows: string;
  /** What the model would write, were it not stopped. */
  readonly writes: string;
  /** The user asked for it. */
  readonly explicit?: true;
}

/** The document around the cursor. */
export function read(shows: string): { before: string; after: string } {
  const [before = '', , after = ''] = shows.split(/[├┤]/);
  return { before, after: after.replace(/^⟦(.*)⟧/, '$1') };
}

export function show(before: string, after: string, insertText: string, replaced: number): string {
  const marked = replaced === 0 ? '' : `⟦${after.slice(0, replaced)}⟧`;
  return `${before}├${insertText}┤${marked}${after.slice(replaced)}`;
}
