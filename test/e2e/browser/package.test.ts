/** The packaged extension, installed as a user installs it: nothing but what ships is at hand, and of CUDA only the driver. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Check, checkSchema } from '#protocol';
import { type Sources, startSources } from '../../support/cuda-sources';
import { nvmlEnvironment, readScenario, writeScenario } from '../../support/nvml';
import { hostUnder, processesUnder } from '../../support/processes';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

const run = promisify(execFile);

describe('the packaged extension', () => {
  const vsix = path.resolve('dist/test/vramesh.vsix');
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-vsix-'));
  let sources: Sources;
  let vscode: WorkbenchUnderTest;
  /** Where VS Code has unpacked it. */
  let installed: string;

  before(async () => {
    await run(process.execPath, ['scripts/package.mjs', '--out', vsix]);
    sources = await startSources();
    const scenario = path.join(folder, 'scenario.txt');
    writeScenario(scenario, readScenario('rtx3050').replace(/^driver .*$/m, 'driver 580.65.06'));
    vscode = await openWorkbench({
      vsix,
      files: { 'list.ts': 'export function print(list: string[]) {\n' },
      env: { ...nvmlEnvironment(scenario), ...sources.env },
    });
    const home = vscode.env.VRAMESH_HOME ?? '';
    const host = await until('the extension has started a host', () => hostUnder(home));
    installed = path.resolve(host.script, '../..');
  });
  after(async () => {
    await vscode?.dispose();
    await sources?.server.close();
    rmSync(folder, { recursive: true });
  });
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

  it('runs its engine from there, too', () => {
    const scripts = processesUnder(vscode.env.VRAMESH_HOME ?? '').map(({ script }) => script);
    assert.ok(scripts.includes(path.join(installed, 'dist/engine.js')));
  });

  async function doctor(): Promise<Map<string, Check>> {
    const command = [path.join(installed, 'dist/vramesh.js'), 'doctor', '--json'];
    const { stdout } = await run(process.execPath, command, { env: { ...process.env, ...vscode.env } });
    const { checks } = JSON.parse(stdout);
    return new Map(
      checkSchema
        .array()
        .parse(checks)
        .map((check) => [check.name, check]),
    );
  }

  it('has its command line in the terminals of the window', async () => {
    const answer = path.join(vscode.workspace, 'answer.json');
    await vscode.runCommand('Terminal: Create New Terminal');
    await vscode.page.locator('.terminal.xterm').waitFor();
    await vscode.type(`vramesh models --json > ${answer}`);
    await vscode.press('Enter');
    const { models } = await until('what it prints', () => {
      const text = existsSync(answer) ? readFileSync(answer, 'utf8') : '';
      return text.endsWith('}\n') && JSON.parse(text);
    });
    assert.equal(models[0].model.name, 'vramesh-tiny');
    await vscode.screenshot('terminal');
  });

  it('lacks nothing that a package can bring, as its own doctor says', async () => {
    const found = await doctor();
    for (const name of ['Host', 'GPU 0', 'CPU backend', 'Split models', 'Model'])
      assert.equal(found.get(name)?.status, 'ok', name);
    assert.match(found.get('CUDA backend')?.detail ?? '', /llama\.cpp for CUDA 13/);
  });

  it('fetches what CUDA needs, once the user has asked for it and agreed', async () => {
    await vscode.runCommand('VRAMesh: Install CUDA Runtime');
    const question = vscode.page.locator('.monaco-dialog-box');
    await question.getByText('under NVIDIA’s CUDA Toolkit licence').waitFor();
    await vscode.screenshot('install-cuda-runtime');
    await question.getByRole('button', { name: 'Install', exact: true }).click();
    const answer = vscode.page.locator('.notification-list-item');
    await answer.filter({ hasText: 'The CUDA runtime is installed' }).waitFor();
    assert.equal((await doctor()).get('CUDA backend')?.status, 'ok');
  });

  it('has the pictures that its description shows, and the licences of what is in it', () => {
    // VS Code keeps a package's description under the name that vsce gives it.
    const description = readFileSync(path.join(installed, 'readme.md'), 'utf8');
    const pictures = [...description.matchAll(/\bdocs\/images\/[\w-]+\.\w+/g)].map(([file]) => file);
    assert.deepEqual(
      pictures.map((file) => path.basename(file)),
      ['completion.png', 'topology-dark.png', 'topology-light.png'],
    );
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
