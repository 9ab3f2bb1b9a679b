/** What an editor closes by itself: brackets and quotes that appear behind the cursor while somebody types. */

const CLOSERS = /^[)\]}>"'`]{1,8}/;

/** The brackets and quotes directly behind the cursor; '' where there are none. */
export function autoClosed(suffix: string): string {
  return CLOSERS.exec(suffix)?.[0] ?? '';
}

/** Whether `text` has all that it replaces, in this order: then it may stand in its place. */
export function comesBack(replaced: string, text: string): boolean {
  let at = 0;
  for (const character of replaced) {
    at = text.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
