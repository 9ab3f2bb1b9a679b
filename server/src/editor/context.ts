/** What a window tells of its workspace: its folders, and the places that are opened, edited, saved, visited, copied. */
import { basename } from 'node:path/posix';
import { LRUCache } from 'lru-cache';
import { visitedNotification } from '#protocol';
import { onNotification } from './checked';
import type { Feature } from './session';

/** Documents of which it is known where they were edited last. */
const MAX_EDITED = 64;

export const contextFeature: Feature = (session) => {
  const { connection, context, documents, folders, onEdit, onHandshake, onReady, onEnd, parts } = session;
  const lastEdit = new LRUCache<string, number>({ max: MAX_EDITED });

  let tellsOfFolders = false;
  onHandshake(({ workspaceFolders, rootUri, capabilities }) => {
    const root = typeof rootUri === 'string' ? [{ uri: rootUri, name: basename(rootUri) }] : [];
    folders.open(workspaceFolders ?? root);
    tellsOfFolders = capabilities.workspace?.workspaceFolders === true;
    return { workspace: { workspaceFolders: { supported: true, changeNotifications: true } } };
  });
  onReady(() => {
    if (!tellsOfFolders) return;
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      folders.close(removed);
      folders.open(added);
    });
  });

  documents.onDidOpen(({ document: { uri } }) => {
    // Editors open documents of their own, too, such as the user's settings.
    if (folders.holds(uri)) context.note(uri, 0, 'opened');
  });
  onEdit(({ uri }, changes) => {
    context.typed();
    // Who sends the whole text does not say where it changed.
    const last = changes.at(-1);
    if (last === undefined || !('range' in last)) return;
    const { line } = last.range.start;
    lastEdit.set(uri, line);
    context.note(uri, line, 'edited');
  });
  documents.onDidSave(({ document: { uri } }) => {
    const line = lastEdit.get(uri);
    if (line !== undefined) context.note(uri, line, 'saved');
  });
  documents.onDidClose(({ document }) => context.closed(document));
  onNotification(connection, visitedNotification, ({ uri, line, how }) => context.note(uri, line, how));
  context.onSettled(({ context: { path, chunks } }) => {
    const pieces = chunks.map((chunk) => `${chunk.path}:${chunk.line + 1} (${chunk.origin})`).join(', ');
    parts.log.debug(
      `Prompts for ${path} begin with as many of these ${chunks.length} pieces of the workspace as fit: ${pieces || '—'}.`,
    );
  });
  onEnd(context.end);
  return {};
};
