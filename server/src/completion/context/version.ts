/** A number for what a prompt begins with: the same content has the same one, whichever window composed it. */
import type { PromptContext } from './index';

/** FNV-1a, 32 bits. */
export function versionOf({ repository, path, chunks }: Omit<PromptContext, 'version'>): number {
  let hash = 0x811c9dc5;
  for (const text of [repository ?? '', path, ...chunks.flatMap((chunk) => [chunk.path, chunk.text])]) {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    // Where one text ends and the next begins counts, too.
    hash = Math.imul(hash ^ 0x10000, 0x01000193);
  }
  return hash >>> 0;
}
