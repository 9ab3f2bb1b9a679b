import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { cleanUp, freshFolder, type HostUnderTest, startHost } from '../../support/host';
import { until } from '../../support/until';

const run = promisify(execFile);
const program = path.resolve('dist/vramesh.js');
const loop = 'for (let i = 0; i < arr.\n  sum += arr[i];\n}\n';
const completed = 'for (let i = 0; i < arr.length; i++) {';

/** The recipe, as somebody would copy it. */
function recipe(): string {
  const [, section = ''] = readFileSync('docs/editors.md', 'utf8').split('\n## Neovim\n');
  const [, lua] = /```lua\n([\s\S]*?)```/.exec(section) ?? [];
  assert.ok(lua, 'docs/editors.md has a recipe for Neovim');
  return lua;
}

describe('Neovim, with the recipe of docs/editors.md', () => {
  let host: HostUnderTest;
  let neovim: ChildProcess;
  let socket: string;
  let printed = '';

  before(async () => {
    host = await startHost();
    const lsp = await host.lsp();
    await lsp.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');

    const folder = freshFolder();
    socket = path.join(folder, 'nvim');
    const command = path.join(folder, 'vramesh');
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
    chmodSync(command, 0o755);
    writeFileSync(path.join(folder, 'init.lua'), recipe());
    writeFileSync(path.join(folder, 'loop.ts'), loop);
    const args = ['--headless', '-i', 'NONE', '-n', '-u', 'init.lua', '--listen', socket, 'loop.ts'];
    neovim = spawn('nvim', args, {
      cwd: folder,
      env: {
        ...process.env,
        PATH: `${folder}${path.delimiter}${process.env.PATH}`,
        VRAMESH_HOME: host.home,
        HOME: folder,
        XDG_CONFIG_HOME: folder,
        XDG_DATA_HOME: folder,
        XDG_STATE_HOME: folder,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [neovim.stdout, neovim.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    await until('Neovim answers', () => ask('1').catch(() => null));
    await until('the server is ready', async () => (await ask(ready)) === 'true');
  });
  after(async () => {
    neovim.kill('SIGKILL');
    await once(neovim, 'close');
    await cleanUp();
  });
  beforeEach(async () => {
    await type('<Esc>:%delete _<CR>');
    await type(`i${loop.replaceAll('<', '<lt>').trimEnd()}<Esc>gg`);
    // Neovim indents what is typed.
    await until('the document', async () => (await line()) === loop.split('\n')[0]);
  });

  const ready =
    "luaeval('tostring(#vim.lsp.buf_get_clients(0) == 1 and vim.lsp.buf_get_clients(0)[1].initialized)')";
  /** Neovim 0.7 answers on stderr, newer ones on stdout. */
  const ask = async (expression: string) => {
    const { stdout, stderr } = await run('nvim', ['--server', socket, '--remote-expr', expression]);
    return (stdout + stderr).trim();
  };
  const type = (keys: string) => run('nvim', ['--server', socket, '--remote-send', keys]);
  const line = () => ask('getline(1)');

  it('<C-l> at the end of a line writes the suggestion, and counts that it was taken', async () => {
    await type('A<C-l>');
    await until(`the completed line (Neovim: ${printed})`, async () => (await line()) === completed);
    await until('the count', async () => (await host.state()).completions.accepted === 1);
    assert.equal(await ask("col('.')"), String(completed.length + 1), 'the cursor is behind it');
    assert.equal(await ask('mode()'), 'i');
  });

  it('<C-x><C-o> offers it in the menu of plain completion', async () => {
    await type('A<C-x><C-o>');
    await until(`the completed line (Neovim: ${printed})`, async () => (await line()) === completed);
  });
});
