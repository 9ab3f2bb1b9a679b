/** The folders that a window has open: what its files are called in a prompt. */
import { basename, isAbsolute, relative, sep } from 'node:path';
import * as z from 'zod';
import { documentPath } from '../document-path';

const folderSchema = z.object({ uri: z.string().max(4096), name: z.string().max(256) });
const foldersSchema = z.array(folderSchema).max(256);

interface Folder extends z.infer<typeof folderSchema> {
  /** null: it is on no disk of this machine. */
  readonly path: string | null;
}

export interface WorkspaceFolders {
  /** What is no list of folders counts as none. */
  open(folders: unknown): void;
  close(folders: unknown): void;
  /** Whether a document is in one of them; where there are none, every document is. */
  holds(uri: string): boolean;
  /** Name of the folder that a document is in; of the first one where it is in none; null: there is none. */
  repositoryOf(uri: string): string | null;
  /** Relative to that folder, with `/`; the file name where it is in none. */
  pathOf(uri: string): string;
}

export function createWorkspaceFolders(): WorkspaceFolders {
  let open: readonly Folder[] = [];

  /** The innermost folder with the document, and where in it. */
  function find(uri: string): { name: string; path: string } | null {
    const document = documentPath(uri);
    if (document.kind !== 'disk') return null;
    const found = open.flatMap(({ name, path }) => {
      const inside = path === null ? '' : relative(path, document.path);
      const isInside = inside !== '' && !isAbsolute(inside) && inside.split(sep)[0] !== '..';
      return isInside ? [{ name, path: inside.split(sep).join('/') }] : [];
    });
    return found.sort((one, other) => one.path.length - other.path.length)[0] ?? null;
  }

  return {
    open(folders) {
      open = [...open, ...listed(folders)];
    },
    close(folders) {
      const closed = new Set(listed(folders).map(({ uri }) => uri));
      open = open.filter(({ uri }) => !closed.has(uri));
    },
    holds: (uri) => open.length === 0 || find(uri) !== null,
    repositoryOf: (uri) => find(uri)?.name ?? open[0]?.name ?? null,
    pathOf: (uri) => find(uri)?.path ?? basename(documentPath(uri).path),
  };
}

function listed(folders: unknown): readonly Folder[] {
  const checked = foldersSchema.safeParse(folders);
  if (!checked.success) return [];
  return checked.data.map((folder) => {
    const { kind, path } = documentPath(folder.uri);
    return { ...folder, path: kind === 'disk' ? path : null };
  });
}
