/**
 * Where those rules of git lie that are in no `.gitignore`: `info/exclude` of the clone, and the files that git's
 * configuration names. A worktree or a submodule has no folder `.git` but a file that says where it is.
 */
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readSmallFile } from './small-file';

const mostConfigFiles = 32;

/** What git looks at, too: HOME, XDG_CONFIG_HOME, GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM. */
export type GitEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Those that count before others first; some may not exist. Whatever any configuration names counts, under whatever
 * condition, and the default place as well: git would take one of them.
 *
 * @param root folder with something called `.git`
 * @returns null: nobody can tell. Never rejects.
 */
export async function gitExcludeFiles(root: string, env: GitEnvironment): Promise<string[] | null> {
  const folders = await gitFolders(root);
  if (folders === null) return null;
  const { own, common } = folders;
  const home = env.HOME || homedir();
  const user = join(env.XDG_CONFIG_HOME || join(home, '.config'), 'git');
  const global = env.GIT_CONFIG_GLOBAL;
  const named = await namedBy(
    [
      env.GIT_CONFIG_SYSTEM ?? '/etc/gitconfig',
      ...(global === undefined ? [join(user, 'config'), join(home, '.gitconfig')] : [global]),
      join(common, 'config'),
      join(own, 'config.worktree'),
    ],
    { root, home },
  );
  return named && [...new Set([join(common, 'info', 'exclude'), ...named, join(user, 'ignore')])];
}

/** The folder of this working tree, and the one that it shares with other worktrees. */
async function gitFolders(root: string): Promise<{ own: string; common: string } | null> {
  const dotGit = join(root, '.git');
  const own = (await isFolder(dotGit)) ? dotGit : await folderNamedIn(dotGit, /^gitdir: (.+)/);
  if (own === null || own === 'missing') return null;
  const common = await folderNamedIn(join(own, 'commondir'), /^(.+)/);
  return common === null ? null : { own, common: common === 'missing' ? own : common };
}

async function folderNamedIn(file: string, pattern: RegExp): Promise<string | 'missing' | null> {
  const read = await readSmallFile(file);
  if (read === null || read === 'missing') return read;
  const path = pathOf(pattern.exec(read.text)?.[1]?.trimEnd() ?? '', dirname(file));
  return path !== null && (await isFolder(path)) ? path : null;
}

interface Bases {
  readonly root: string;
  readonly home: string;
}

/** The files with rules that these configurations name, and those that they include; of each the last one first, as it counts. */
async function namedBy(configs: string[], { root, home }: Bases): Promise<string[] | null> {
  const named: string[] = [];
  const queue = [...configs];
  for (const [index, config] of queue.entries()) {
    if (index === mostConfigFiles) return null;
    const read = await readSmallFile(config);
    if (read === null) return null;
    if (read === 'missing') continue;
    for (const { key, value } of settingsIn(read.text)) {
      const isRules = key === 'core.excludesfile';
      const path = pathOf(
        value.replace(/^~(?=\/)/, () => home),
        isRules ? root : dirname(config),
      );
      if (path === null) return null;
      if (isRules) named.unshift(path);
      else if (!queue.includes(path)) queue.push(path);
    }
  }
  return named;
}

const head = /^\s*\[([\w.-]+)(?:\s+"(?:[^"\\]|\\.)*")?\]/;
const assignment = /^\s*([\w-]+)\s*=\s*((?:"(?:[^"\\]|\\.)*"|\\.|[^"\\#;])*)/;

/** Those that matter: which file has the rules, and which configurations are included, always or under a condition. */
function settingsIn(text: string): { key: string; value: string }[] {
  let section = '';
  const found: { key: string; value: string }[] = [];
  for (const line of text.replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    const heading = head.exec(line);
    section = heading?.[1]?.toLowerCase() ?? section;
    const [, name = '', raw = ''] = assignment.exec(line.slice(heading?.[0].length ?? 0)) ?? [];
    const key = `${section}.${name.toLowerCase()}`;
    const value = raw.trim().replace(/\\(.)|"/g, (_, escaped: string | undefined) => escaped ?? '');
    if (['core.excludesfile', 'include.path', 'includeif.path'].includes(key) && value !== '')
      found.push({ key, value });
  }
  return found;
}

/** null: another user's home, git's own folder, or another machine, which is not asked for what a workspace names. */
function pathOf(value: string, base: string): string | null {
  return value === '' || /^(~|%\(|:\(|[/\\]{2})/.test(value) ? null : resolve(base, value);
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
