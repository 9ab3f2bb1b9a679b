/** The packaged extension, installed as a user installs it: nothing but what ships is at hand. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { checkSchema } from '#protocol';
import { scriptsUnder } from '../../support/processes';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

const run = promisify(execFile);

describe('the packaged extension', () => {
  const vsix = path.resolve('dist/test/vramesh.vsix');
  let vscode: WorkbenchUnderTest;
  /** Where VS Code has unpacked it. */
  let installed: string;

  before(async () => {
    await run(process.execPath, ['scripts/package.mjs', '--out', vsix]);
    vscode = await openWorkbench({
      vsix,
      files: { 'list.ts': 'export function print(list: string[]) {\n' },
      env: { VRAMESH_BACKEND: 'cpu' },
    });
    const home = vscode.env.VRAMESH_HOME ?? '';
    const host = await until('the extension has started a host', () =>
      scriptsUnder(home).find((script) => script.endsWith('/dist/vramesh.js')),
    );
    installed = path.resolve(host, '../..');
  });
  after(() => vscode?.dispose());
  keepEvidenceOfFailures(() => vscode);

  it('is small', () => assert.ok(statSync(vsix).size < 20e6));

  it('runs its host from where it was installed, not from here', () => {
    assert.match(installed, /\/extensions\/vramesh\.vramesh-[^/]+$/);
    assert.ok(!installed.startsWith(process.cwd()));
  });

  it('completes', async () => {
    await vscode.openFile('list.ts');
    await vscode.statusItem('vramesh-tiny');
    await vscode.type('for (let i = 0; i < list.');
    assert.notEqual((await vscode.ghostText()).trim(), '');
    await vscode.screenshot('package');
  });

  it('runs its engine from there, too', () =>
    assert.ok(scriptsUnder(vscode.env.VRAMESH_HOME ?? '').includes(path.join(installed, 'dist/engine.js'))));

  it('lacks nothing, as its own doctor says', async () => {
    const doctor = [path.join(installed, 'dist/vramesh.js'), 'doctor', '--json'];
    const { stdout } = await run(process.execPath, doctor, { env: { ...process.env, ...vscode.env } });
    const { checks } = JSON.parse(stdout);
    const found = new Map(
      checkSchema
        .array()
        .parse(checks)
        .map(({ name, status }) => [name, status]),
    );
    for (const name of ['Host', 'CPU backend', 'Split models', 'Model'])
      assert.equal(found.get(name), 'ok', name);
  });

  it('has the pictures that its description shows, and the licences of what is in it', () => {
    // VS Code keeps a package's description under the name that vsce gives it.
    const description = readFileSync(path.join(installed, 'readme.md'), 'utf8');
    const pictures = [...description.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, file = '']) => file);
    assert.ok(pictures.length > 0);
    for (const picture of pictures) assert.ok(existsSync(path.join(installed, picture)), picture);
    const notices = readFileSync(path.join(installed, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of [
      'node-llama-cpp',
      'koffi',
      'llama.cpp',
      'fastify',
      'tree-sitter grammar for rust',
      'monaco-editor',
    ])
      assert.ok(notices.includes(`\n${name} `) || notices.includes(`  ${name} `), name);
  });
});
