/** Which files may enter a prompt, with real folders. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { documentPath } from '../../../server/src/document-path';
import { createGitIgnore } from '../../../server/src/gitignore';
import { createPrivateFiles } from '../../../server/src/private-files';

let folder: string;
let home: string;
function eachInFreshFolders(): void {
  beforeEach(() => {
    [folder, home] = [freshFolder(), freshFolder()];
  });
  afterEach(() => {
    for (const made of [folder, home]) rmSync(made, { recursive: true });
  });
}

function freshFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'vm-')));
}

/** For somebody who has nothing but this home. */
const gitIgnore = (now = Date.now) =>
  createGitIgnore({ now, env: { HOME: home, GIT_CONFIG_SYSTEM: join(home, 'system') } });

function write(files: Readonly<Record<string, string>>, where = folder): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(where, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const repository = { '.git/HEAD': 'ref: refs/heads/main\n' };

describe('what git ignores', () => {
  eachInFreshFolders();

  const rows: [what: string, files: Record<string, string>, ignored: string[], open: string[]][] = [
    ['no rules', {}, [], ['a.ts', 'b/c.ts']],
    [
      'names, folders and wildcards',
      { '.gitignore': '# built\ndist/\n*.log\n/top.ts\nsrc/**/made.ts\r\n' },
      ['dist/a.js', 'b/dist/c/d.js', 'x.log', 'b/y.log', 'top.ts', 'src/made.ts', 'src/a/b/made.ts'],
      ['a.ts', 'b/top.ts', 'made.ts', 'distance.ts'],
    ],
    [
      'what is taken back',
      { '.gitignore': '*.txt\n!keep.txt\nout/*\n!out/in.ts\n' },
      ['a.txt', 'out/a.ts'],
      ['keep.txt', 'b/keep.txt', 'out/in.ts'],
    ],
    [
      'nothing is taken back below an ignored folder',
      { '.gitignore': 'out/\n', 'out/.gitignore': '!*\n' },
      ['out/a.ts', 'out/b/c.ts'],
      ['a.ts'],
    ],
    [
      'a folder has rules of its own, which come first',
      { '.gitignore': '*.gen\n', 'a/.gitignore': '!*.gen\n/only-here.ts\n', 'a/b/.gitignore': '*.gen\n' },
      ['x.gen', 'a/only-here.ts', 'a/b/x.gen'],
      ['a/x.gen', 'only-here.ts', 'b/only-here.ts', 'a/b/only-here.ts'],
    ],
    [
      'what only this clone excludes',
      { '.git/info/exclude': 'notes.md\n' },
      ['notes.md', 'a/notes.md'],
      ['a/b.md'],
    ],
    [
      'a repository in a repository',
      { '.gitignore': '*.ts\n', 'inner/.git/HEAD': '', 'inner/.gitignore': '*.js\n' },
      ['a.ts', 'inner/a.js'],
      ['inner/a.ts', 'a.js'],
    ],
    ['names that are no ASCII', { '.gitignore': 'geheim-*\n' }, ['geheim-ä😀.ts'], ['ä😀.ts', 'a b.ts']],
  ];
  for (const [what, files, ignored, open] of rows) {
    it(what, async () => {
      write({ ...repository, ...files });
      const git = gitIgnore();
      for (const [paths, expected] of [
        [ignored, true],
        [open, false],
      ] as const) {
        for (const path of paths) assert.equal(await git.ignores(join(folder, path)), expected, path);
      }
    });
  }

  it('git itself is never for a prompt', async () => {
    write(repository);
    assert.equal(await gitIgnore().ignores(join(folder, '.git', 'config')), true);
  });

  it('without a repository the rules on the way count', async () => {
    write({ '.gitignore': '*.log\n' });
    const git = gitIgnore();
    assert.equal(await git.ignores(join(folder, 'a', 'b.log')), true);
    assert.equal(await git.ignores(join(folder, 'a', 'b.ts')), false);
  });

  it('rules that change are read again, and those that go', async () => {
    write({ ...repository, '.gitignore': '*.log\n' });
    let now = 0;
    const git = gitIgnore(() => now);
    const ignores = async (name: string) => {
      now += 10_000;
      return git.ignores(join(folder, name));
    };
    assert.deepEqual([await ignores('a.log'), await ignores('a.ts')], [true, false]);
    write({ '.gitignore': '*.ts # longer\n*.ts\n' });
    assert.deepEqual([await ignores('a.log'), await ignores('a.ts')], [false, true]);
    rmSync(join(folder, '.gitignore'));
    assert.deepEqual([await ignores('a.log'), await ignores('a.ts')], [false, false]);
  });

  const elsewhere: [what: string, files: Record<string, string>, atHome?: Record<string, string>][] = [
    ['the default place', {}, { '.config/git/ignore': 'notes.md\n' }],
    [
      'a file that the configuration names',
      {},
      { '.gitconfig': '[user]\n\tname = Ada\n[core]\n\texcludesFile = ~/mine # all\n', mine: 'notes.md\n' },
    ],
    [
      'the same in other words',
      {},
      { '.config/git/config': '\ufeff[CORE] ExcludesFile="~/my # file"\r\n', 'my # file': 'notes.md\n' },
    ],
    [
      'a file that an included configuration names, under whatever condition',
      {},
      {
        '.gitconfig': '[includeIf "gitdir:~/code/"]\npath = code/config\n[include]\npath = .gitconfig\n',
        'code/config': '[core]\nexcludesfile = ~/code/ignore\n',
        'code/ignore': 'notes.md\n',
      },
    ],
    [
      'a file that the clone’s configuration names',
      { '.git/config': '[core]\nexcludesFile = own\n', own: 'notes.md\n' },
    ],
    [
      'the machine’s configuration, where the user’s names a file that is not there',
      {},
      {
        '.gitconfig': '[core]\nexcludesfile = ~/none\n',
        system: '[core]\nexcludesfile = ~/mine\n',
        mine: 'notes.md\n',
      },
    ],
  ];
  for (const [what, files, atHome = {}] of elsewhere) {
    it(`rules for all: ${what}; those of the repository come first`, async () => {
      write({ ...repository, ...files, 'open/.gitignore': '!notes.md\n' });
      write(atHome, home);
      const git = gitIgnore();
      const ignored = await Promise.all(
        ['notes.md', 'a/notes.md', 'open/notes.md', 'a.md'].map((name) => git.ignores(join(folder, name))),
      );
      assert.deepEqual(ignored, [true, true, false, false]);
    });
  }

  it('rules for all that come later are read, too', async () => {
    write(repository);
    let now = 0;
    const git = gitIgnore(() => now);
    const path = join(folder, 'notes.md');
    assert.equal(await git.ignores(path), false);
    write({ '.gitconfig': '[core]\nexcludesFile = ~/mine\n', mine: 'notes.md\n' }, home);
    now += 10_000;
    assert.equal(await git.ignores(path), true);
  });

  it('a worktree and a submodule have the exclude file of their repository', async () => {
    write({
      'main/.git/info/exclude': 'notes.md\n',
      'main/.git/worktrees/two/commondir': '../..\n',
      'two/.git': `gitdir: ${join(folder, 'main/.git/worktrees/two')}\n`,
      'main/.git/modules/part/info/exclude': 'part.md\n',
      'main/part/.git': 'gitdir: ../.git/modules/part\n',
    });
    const git = gitIgnore();
    for (const [path, expected] of [
      ['two/notes.md', true],
      ['two/a/notes.md', true],
      ['two/a.md', false],
      ['main/part/part.md', true],
      ['main/part/notes.md', false],
    ] as const)
      assert.equal(await git.ignores(join(folder, path)), expected, path);
  });

  const lost: [what: string, files: Record<string, string>, atHome?: Record<string, string>][] = [
    ['a repository that is somewhere else', { '.git': 'gitdir: ../none/.git\n' }],
    ['a repository on another machine', { '.git': 'gitdir: //far/repository\n' }],
    ['a file that says nothing', { '.git': '' }],
    ['a common folder that is not there', { '.git/commondir': '../../none\n' }],
    ['a configuration that is too large', repository, { '.gitconfig': '# long\n'.repeat(20_000) }],
    ['a file with rules that is too large', repository, { '.config/git/ignore': '# long\n'.repeat(20_000) }],
    ['a configuration that is a folder', repository, { '.gitconfig/a': '' }],
    ['another user’s file', repository, { '.gitconfig': '[core]\nexcludesFile = ~eve/mine\n' }],
    ['another machine’s file', { '.git/config': '[core]\nexcludesFile = "\\\\\\\\far\\\\mine"\n' }],
    [
      'configurations without end',
      repository,
      Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [
          index === 0 ? '.gitconfig' : `c${index}`,
          `[include]\npath = c${index + 1}\n`,
        ]),
      ),
    ],
  ];
  for (const [what, files, atHome = {}] of lost) {
    it(`${what}: nobody can tell, so all of it is private`, async () => {
      write(files);
      write(atHome, home);
      assert.equal(await gitIgnore().ignores(join(folder, 'a.ts')), true);
    });
  }

  const untold: [what: string, prepare: () => void][] = [
    ['it is too large', () => write({ '.gitignore': '# long\n'.repeat(20_000) })],
    ['it is a folder', () => mkdirSync(join(folder, '.gitignore'))],
    ['a pattern takes for ever', () => write({ '.gitignore': `${'**/a/'.repeat(12)}b\n` })],
    [
      'a pattern is too much for a regular expression',
      () => write({ '.gitignore': `${'('.repeat(60_000)}\n` }),
    ],
    ...(process.platform === 'win32'
      ? []
      : [
          ['it is a pipe', () => void execFileSync('mkfifo', [join(folder, '.gitignore')])] satisfies [
            string,
            () => void,
          ],
        ]),
  ];
  for (const [what, prepare] of untold) {
    it(`${what}: nobody can tell, so all below it is private`, async () => {
      write(repository);
      prepare();
      const git = gitIgnore();
      const path = join(folder, 'a/'.repeat(40), 'c');
      assert.deepEqual([await git.ignores(path), await git.ignores(path)], [true, true]);
    });
  }
});

describe('which documents may be shown', () => {
  eachInFreshFolders();

  const at = (name: string) => pathToFileURL(join(folder, name)).href;

  it('a secret one to nobody, one that git ignores only to itself', async () => {
    write({ ...repository, '.gitignore': '*.log\n' });
    const files = createPrivateFiles();
    const rows: [uri: string, isRefused: boolean, mayEnter: boolean][] = [
      [at('a.ts'), false, true],
      [at('a.log'), false, false],
      [at('.env'), true, false],
      [at('%2eenv').replace('%252e', '%2e'), true, false],
      [at('.env.example'), false, true],
      [at('notebook.ipynb').replace('file://', 'vscode-notebook-cell:').concat('#W0sZmlsZQ'), false, true],
      [at('a.log').replace('file://', 'vscode-notebook-cell:').concat('#W0sZmlsZQ'), false, false],
      ['untitled:Untitled-1', false, true],
      ['untitled:.env', true, false],
      ['vscode-remote://ssh-remote+far/home/ada/a.ts', false, false],
      ['vscode-remote://ssh-remote+far/home/ada/.env', true, false],
      ['git:/project/a.ts?ref=HEAD', false, false],
      ['no address', false, false],
      ['', false, false],
      ['file:///%E0%A4%A', false, false],
      [`file:///${'a/'.repeat(3_000)}b.ts`, false, false],
    ];
    for (const [uri, isRefused, mayEnter] of rows) {
      assert.equal(files.refused(uri) !== null, isRefused, uri);
      assert.equal(await files.mayEnter(uri), mayEnter, uri);
    }
    assert.match(files.refused(at('.env')) ?? '', /secret/);
  });

  it('addresses say where a document lies', () => {
    assert.deepEqual(documentPath(at('a b#ä.ts')), { kind: 'disk', path: join(folder, 'a b#ä.ts') });
    assert.deepEqual(documentPath('untitled:Untitled-1'), { kind: 'untitled', path: 'Untitled-1' });
    assert.deepEqual(documentPath('http://localhost/a.ts'), { kind: 'elsewhere', path: '/a.ts' });
  });
});
