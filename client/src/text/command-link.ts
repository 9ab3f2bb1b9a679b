/** Links to commands, for tooltips. Pure. */

/** Markdown. `title` is ours, never from outside. */
export function commandLink(title: string, command: string): string {
  // A line breaks between links, not within one.
  return `[${title.replaceAll(' ', '\u00a0')}](command:${command})`;
}
