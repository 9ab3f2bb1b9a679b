/**
 * Which files git ignores, by the `.gitignore` files of their folders up to the repository's root, and its rules for all
 * of it. Where that cannot be told, a file counts as ignored: it is better to know a piece less than to show what was to
 * stay private.
 */
import { stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { createContext, Script } from 'node:vm';
import ignore, { type Ignore } from 'ignore';
import { LRUCache } from 'lru-cache';
import { type GitEnvironment, gitExcludeFiles } from './git-exclude-files';
import { readSmallFile } from './small-file';

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
/** How long a folder is not looked at again. */
const FRESH_MS = 1000;
/** Patterns become regular expressions, and a workspace can have one that would never come to an end. */
const MATCHING_LIMIT_MS = 250;

export interface GitIgnoreOptions {
  /** ms since 1970 */
  now(): number;
  readonly env: GitEnvironment;
}

export function createGitIgnore({ now, env }: GitIgnoreOptions): GitIgnore {
  const folders = new LRUCache<string, Folder>({ max: MAX_FOLDERS });
  /** What ran into the limit once is not tried again, unless it changes. */
  const hopeless = new WeakSet<Rules>();

  async function look(path: string): Promise<Folder> {
    const known = folders.get(path);
    if (known && now() - known.lookedAt < FRESH_MS) return known;
    const isRoot = await exists(join(path, '.git'));
    const elsewhere = isRoot ? await gitExcludeFiles(path, env) : [];
    const rules: Rules[] = [];
    for (const file of [join(path, '.gitignore'), ...(elsewhere ?? [])]) {
      const read = await readRules(path, file, known?.rules ?? []);
      if (read) rules.push(read);
    }
    if (elsewhere === null) rules.push({ folder: path, stamp: '', matcher: null });
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
  const read = await readSmallFile(file);
  if (read === 'missing') return null;
  if (read === null) return { folder, stamp: file, matcher: null };
  const same = known.find(({ stamp }) => stamp === read.stamp);
  return same ?? { folder, stamp: read.stamp, matcher: ignore().add(read.text) };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
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
