/**
 * The story of the cluster: a laptop without a model and a workstation with a GPU, each on a machine of its own. VS Code
 * on the laptop joins with the workstation's line, and completes with what runs there.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inviteRequest, placeRequest, unplaceRequest } from '#protocol';
import { cleanUp, freshHome, type HostUnderTest, startHost } from '../../support/host';
import { createNetwork, type Network } from '../../support/network';
import { nvmlEnvironment, readScenario, writeScenario } from '../../support/nvml';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

const embedded = path.resolve('media/models/tiny-ts-fim-q8_0.gguf');

describe('a laptop and a workstation', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-story-'));
  let network: Network;
  let laptop: HostUnderTest;
  let workstation: HostUnderTest;
  let vscode: WorkbenchUnderTest;

  before(async () => {
    network = createNetwork();
    const scenario = path.join(folder, 'scenario.txt');
    writeScenario(scenario, readScenario('rtx3050'));
    const home = freshHome();
    mkdirSync(path.join(home, 'models'), { recursive: true });
    copyFileSync(embedded, path.join(home, 'models', 'coder.gguf'));
    const { namespace } = network.machine();
    workstation = await startHost({
      home,
      namespace,
      env: { ...nvmlEnvironment(scenario), VRAMESH_BACKEND: 'cpu' },
    });
    laptop = await startHost({ namespace: network.machine().namespace });
    const admin = await workstation.lsp();
    await admin.request(placeRequest, { model_id: 'coder', prefer_gpu: false });
    // The model that is there by default would do as well.
    const own = await laptop.lsp();
    const { instances } = await own.stateIs('its own model', (state) => state.instances.length > 0);
    for (const { id } of instances) await own.request(unplaceRequest, { instance_id: id });
    vscode = await openWorkbench({
      home: laptop.home,
      files: {
        'list.ts': 'export function print(list: string[]) {\n',
        'split.ts': 'export function count(list: string[]) {\n',
      },
    });
  });
  after(async () => {
    await vscode?.dispose();
    await cleanUp();
    network.close();
    rmSync(folder, { recursive: true });
  });
  keepEvidenceOfFailures(() => vscode);

  it('the laptop joins with one line', async () => {
    const { line } = await (await workstation.lsp()).request(inviteRequest, {});
    // Before the extension is there, the palette has none of its commands.
    await vscode.statusItem('No model');
    await vscode.runCommand('VRAMesh: Join Cluster…');
    await vscode.page.locator('.quick-input-widget:visible input').fill(line);
    await vscode.press('Enter');
    await vscode.statusItem('coder');
  });

  it('and completes with the model of the workstation', async () => {
    await vscode.openFile('list.ts');
    await vscode.type('for (let i = 0; i < list.');
    assert.notEqual((await vscode.ghostText()).trim(), '');
    await until('the workstation has decoded', async () => {
      const { instances } = await (await workstation.lsp()).stateIs(
        'its model',
        (state) => state.instances.length > 0,
      );
      return (instances[0]?.tokens_per_second ?? 0) > 0;
    });
    await vscode.screenshot('cluster-completion');
  });

  it('shows both machines, and the GPU of the workstation', async () => {
    await vscode.page.locator('.activitybar a[aria-label^="VRAMesh"]').click();
    const tree = vscode.page.locator('.pane-body .monaco-list-row');
    for (const text of ['this machine', 'online', 'NVIDIA GeForce RTX 3050', 'coder'])
      await tree.filter({ hasText: text }).first().waitFor();
    await vscode.screenshot('cluster-machines');
  });

  it('invites from the window, too', async () => {
    await vscode.runCommand('VRAMesh: Invite Machine…');
    await vscode.page.locator('.monaco-dialog-box').filter({ hasText: 'vramesh:' }).waitFor();
    await vscode.screenshot('cluster-invite');
    await vscode.press('Escape');
  });

  it('spreads a model over both, says who holds what, and completes with it', async () => {
    const own = await laptop.lsp();
    const wishes = { model_id: 'vramesh-tiny', prefer_gpu: false, min_nodes: 2 };
    const { instance } = await own.request(placeRequest, wishes);
    const [shard] = instance.shards;
    assert.equal(shard?.node_id, workstation.ready.node_id);
    const tooltip = await vscode.tooltip(await vscode.statusItem('vramesh-tiny'));
    assert.match(tooltip, /vramesh-tiny on 2 machines/);
    assert.match(tooltip, new RegExp(`holds ${shard.layers} layers: .* sent`));
    await vscode.screenshot('cluster-split-tooltip');

    await vscode.openFile('split.ts');
    await vscode.type('for (let i = 0; i < list.');
    assert.notEqual((await vscode.ghostText()).trim(), '');
    await own.stateIs('both have computed', ({ instances }) =>
      instances.some(({ shards }) => (shards[0]?.bytes_per_token ?? 0) > 0),
    );
    await vscode.screenshot('cluster-split-completion');
    await own.request(unplaceRequest, { instance_id: instance.id });
    await vscode.statusItem('coder');
  });

  it('the workstation dies: no pop-up, and the status says so', async () => {
    process.kill(workstation.pid, 'SIGKILL');
    await vscode.page.locator('.pane-body .monaco-list-row').filter({ hasText: 'gone' }).first().waitFor();
    await vscode.screenshot('cluster-gone');
    assert.equal(await vscode.page.locator('.notifications-toasts.visible').count(), 0);
  });
});
