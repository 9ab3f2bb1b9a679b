/**
 * Which files git ignores, by the `.gitignore` files of their folders up to the repository's root. Where that cannot
 * be told, a file counts as ignored: it is better to know a piece less than to show what was to stay private.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { createContext, Script } from 'node:vm';
import ignore, { type Ignore } from 'ignore';
import { LRUCache } from 'lru-cache';

export interface GitIgnore {
  /** @param path absolute. Never rejects. */
  ignores(path: string): Promise<boolean>;
}

interface Rules {
  readonly folder: string;
  /** Tells that the file is the one that was read. */
  readonly stamp: string;
  /** null: nobody can tell what they say. */
  readonly matcher: Ignore | null;
}

interface Folder {
  readonly rules: readonly Rules[];
  readonly isRoot: boolean;
  readonly lookedAt: number;
}

const MAX_FOLDERS = 512;
const MAX_DEPTH = 64;
const MAX_FILE_BYTES = 64 * 1024;
/** How long a folder is not looked at again. */
const FRESH_MS = 1000;
/** Patterns become regular expressions, and a workspace can have one that would never come to an end. */
const MATCHING_LIMIT_MS = 250;

export function createGitIgnore(now: () => number = Date.now): GitIgnore {
  const folders = new LRUCache<string, Folder>({ max: MAX_FOLDERS });
  /** What ran into the limit once is not tried again, unless it changes. */
  const hopeless = new WeakSet<Rules>();

  async function look(path: string): Promise<Folder> {
    const known = folders.get(path);
    if (known && now() - known.lookedAt < FRESH_MS) return known;
    const isRoot = await exists(join(path, '.git'));
    const files = [join(path, '.gitignore'), ...(isRoot ? [join(path, '.git', 'info', 'exclude')] : [])];
    const rules: Rules[] = [];
    for (const file of files) {
      const read = await readRules(path, file, known?.rules ?? []);
      if (read) rules.push(read);
    }
    const folder = { rules, isRoot, lookedAt: now() };
    folders.set(path, folder);
    return folder;
  }

  async function ignores(path: string): Promise<boolean> {
    if (path.split(sep).includes('.git')) return true;
    /** The nearest first, as they count. */
    const chain: Rules[] = [];
    let root = dirname(path);
    for (let depth = 0; ; depth++, root = dirname(root)) {
      if (depth > MAX_DEPTH) return true;
      const { rules, isRoot } = await look(root);
      chain.push(...rules);
      if (isRoot || root === dirname(root)) break;
    }
    if (chain.some((rules) => rules.matcher === null || hopeless.has(rules))) return true;
    const decision = withinLimit(() => decide(path, chain));
    if (decision === null) for (const rules of chain) hopeless.add(rules);
    return decision ?? true;
  }

  return { ignores };
}

/** As git does it: from the root down, for what is in an ignored folder is ignored whatever else is said. */
function decide(path: string, chain: readonly Rules[]): boolean {
  const root = chain.at(-1)?.folder;
  if (root === undefined) return false;
  const names = relative(root, path).split(sep);
  return names.some((_, index) => {
    const isFile = index === names.length - 1;
    const part = join(root, ...names.slice(0, index + 1));
    for (const { folder, matcher } of chain) {
      const inside = relative(folder, part).split(sep).join('/');
      if (inside === '' || inside.startsWith('..')) continue;
      const { ignored, unignored } = matcher?.test(isFile ? inside : `${inside}/`) ?? {};
      if (ignored) return true;
      if (unignored) return false;
    }
    return false;
  });
}

/** null: there is no such file. */
async function readRules(folder: string, file: string, known: readonly Rules[]): Promise<Rules | null> {
  let handle: FileHandle | undefined;
  try {
    // Not to wait for a writer, should it be a pipe. Windows has no such flag, and no such pipes.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = await handle.stat();
    const { size, mtimeMs, ino } = status;
    if (!status.isFile() || size > MAX_FILE_BYTES) return { folder, stamp: file, matcher: null };
    const stamp = [file, size, mtimeMs, ino].join(' ');
    const same = known.find((rules) => rules.stamp === stamp);
    if (same) return same;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
    return { folder, stamp, matcher: ignore().add(buffer.toString('utf8', 0, bytesRead)) };
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
    return isMissing ? null : { folder, stamp: file, matcher: null };
  } finally {
    await handle?.close().catch(() => {});
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const call = new Script('action()');
const sandbox = createContext({});

/** What the action says; null when it takes too long, or throws. */
function withinLimit(action: () => boolean): boolean | null {
  try {
    return call.runInContext(Object.assign(sandbox, { action }), { timeout: MATCHING_LIMIT_MS }) === true;
  } catch {
    return null;
  }
}
