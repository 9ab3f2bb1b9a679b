/**
 * Runs the suite of this folder inside a VS Code: `@vscode/test-electron` starts the editor with the extension from source and
 * with `index.ts`, which runs the tests there and leaves the results in the file that VRAMESH_TEST_RESULTS names.
 */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { addChatModel } from '../../support/chat-model';
import { stopHost } from '../../support/stop-host';
import { chooseEditor } from './editor';

async function main(): Promise<void> {
  const editor = await chooseEditor();
  console.log(`Editor: ${editor.name}`);
  // Short, because VS Code's and the host's sockets live below it.
  const root = await mkdtemp(path.join(tmpdir(), 'vm-'));
  const workspace = path.join(root, 'workspace');
  const env = { VRAMESH_HOME: path.join(root, 'home'), VRAMESH_BACKEND: 'cpu' };
  await cp('example', workspace, { recursive: true });
  addChatModel(env.VRAMESH_HOME, { context: 4096 });
  try {
    await runTests({
      vscodeExecutablePath: editor.executable,
      extensionDevelopmentPath: process.cwd(),
      extensionTestsPath: path.resolve('dist/test/e2e/extension/index.js'),
      extensionTestsEnv: env,
      launchArgs: [
        workspace,
        `--user-data-dir=${path.join(root, 'user')}`,
        `--extensions-dir=${path.join(root, 'extensions')}`,
      ],
    });
  } catch (error) {
    await discardGoodResults();
    throw error;
  } finally {
    await stopHost(env);
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** An editor that fails after a suite without failures has crashed: its results must not pass for a good run. */
async function discardGoodResults(): Promise<void> {
  const file = process.env.VRAMESH_TEST_RESULTS;
  if (!file) return;
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text !== null && JSON.parse(text).failures.length === 0) await rm(file);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
