/** Where a document lies, from the address that its editor gave it. */
import { fileURLToPath } from 'node:url';

/** Addresses whose path is one of this machine's disk; an untitled document may have one, too. */
const ON_DISK = new Set(['file:', 'vscode-notebook-cell:', 'untitled:']);
/** More is no path of any file system. */
const MAX_CHARACTERS = 4096;

export type DocumentPath =
  /** Absolute. */
  | { readonly kind: 'disk'; readonly path: string }
  /** It has never been saved; `path` is only its name. */
  | { readonly kind: 'untitled'; readonly path: string }
  /** Somewhere else: nobody here knows what is private there. */
  | { readonly kind: 'elsewhere'; readonly path: string };

export function documentPath(uri: string): DocumentPath {
  const elsewhere = { kind: 'elsewhere', path: uri } as const;
  if (uri.length > MAX_CHARACTERS) return elsewhere;
  try {
    const { protocol, pathname } = new URL(uri);
    const path = decodeURIComponent(pathname);
    if (!ON_DISK.has(protocol)) return { kind: 'elsewhere', path };
    if (!pathname.startsWith('/')) return { kind: 'untitled', path };
    return { kind: 'disk', path: fileURLToPath(protocol === 'file:' ? uri : `file://${pathname}`) };
  } catch {
    return elsewhere;
  }
}
