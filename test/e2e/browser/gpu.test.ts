import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Instance, stateSchema } from '#protocol';
import { changeGpu, nvmlEnvironment, readScenario, writeScenario } from '../../support/nvml';
import { writeRandomModel } from '../../support/random-model';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

/** 30 million parameters: a second to load on a CPU. */
const shape = { embedding: 512, feedForward: 1376, layers: 8, heads: 8 };

describe('a window on a machine with a GPU', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vm-gpu-'));
  const scenario = path.join(folder, 'scenario.txt');
  const healthy = readScenario('rtx3050');
  let vscode: WorkbenchUnderTest;

  before(async () => {
    writeScenario(scenario, healthy);
    const loop = 'const list = [1, 2, 3];\nfor (let i = 0; i < list.';
    vscode = await openWorkbench({
      files: { 'list.ts': loop, 'other.ts': '' },
      env: nvmlEnvironment(scenario),
    });
  });
  after(async () => {
    await vscode?.dispose();
    rmSync(folder, { recursive: true });
  });
  keepEvidenceOfFailures(() => vscode);

  /** Of the very host that the window uses. */
  async function instances(): Promise<Instance[]> {
    const env = { ...process.env, ...vscode.env };
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/vramesh.js', 'status', '--json'], {
      env,
    });
    return stateSchema.parse(JSON.parse(stdout)).instances;
  }

  it('shows name, utilisation and VRAM in the status bar, and every reading in the tooltip', async () => {
    const item = await vscode.statusItem('RTX 3050 37% · 1.0/8.0 GiB');
    const tooltip = await vscode.tooltip(item);
    for (const said of [
      'driver 535.104.05',
      'CUDA 12.2',
      'NVIDIA GeForce RTX 3050',
      '47 °C',
      '21 W',
      'RAM',
    ]) {
      assert.ok(tooltip.includes(said), `"${said}" is not in the tooltip:\n${tooltip}`);
    }
    await vscode.screenshot('gpu-tooltip');
  });

  it('follows the GPU, and warns when it is hot or lost', async () => {
    writeScenario(scenario, changeGpu(healthy, 0, 'UtilizationRates 98 60', 'Temperature 91'));
    const hot = await vscode.statusItem('RTX 3050 98%');
    await vscode.page
      .locator('.statusbar-item.warning-kind', { has: vscode.page.getByText('98%') })
      .waitFor();
    assert.ok(await hot.isVisible());
    writeScenario(scenario, changeGpu(healthy, 0, 'error * 15'));
    await vscode.statusItem('1 lost');
    await vscode.screenshot('gpu-lost');
    writeScenario(scenario, healthy);
    await vscode.statusItem('RTX 3050 37%');
  });

  it('draws the VRAM in the topology', async () => {
    await vscode.runCommand('VRAMesh: Show Topology');
    const page = vscode.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    await page.getByText('NVIDIA GeForce RTX 3050').first().waitFor();
    await page.getByRole('meter').first().waitFor();
    await page.getByText('vramesh-tiny').first().waitFor();
    await vscode.screenshot('topology');
    await vscode.runCommand('View: Close All Editors');
  });

  it('opens a menu for each status item', async () => {
    for (const [item, entry] of [
      ['RTX 3050', 'Show Topology'],
      ['vramesh-tiny', 'Place Model on GPU…'],
    ] as const) {
      await (await vscode.statusItem(item)).click();
      await vscode.page.locator('.quick-input-widget:visible').getByText(entry).first().waitFor();
      await vscode.press('Escape');
      await vscode.page.locator('.quick-input-widget').first().waitFor({ state: 'hidden' });
    }
  });

  it('places the model that is chosen, and says where it runs', async () => {
    await vscode.runCommand('VRAMesh: Place Model on GPU…');
    await vscode.screenshot('place-model');
    await vscode.pick('vramesh-tiny');
    // Its GPU is a stand-in that llama.cpp cannot use: whatever the previews say of it, the CPU is among them.
    await vscode.screenshot('place-previews');
    await vscode.pick('CPU');
    await until('it is ready where it was placed', async () =>
      (await instances()).some(({ placed_by, state }) => placed_by === 'user' && state === 'ready'),
    );
    // The window hears of it a moment later.
    const tooltip = await vscode.tooltip(await vscode.statusItem(/vramesh-tiny(?!\s*(?:…|\d+\s?%))/));
    assert.match(tooltip, /vramesh-tiny on CPU/);
    assert.match(tooltip, /weak/);
    await vscode.screenshot('model-tooltip');
  });

  it('places it anew with other wishes', async () => {
    await vscode.runCommand('VRAMesh: Place Model on GPU…');
    for (const label of ['vramesh-tiny', 'Other Wishes…', 'Context', '512 tokens', 'Show Previews', 'CPU'])
      await vscode.pick(label);
    await until('it has the context that was wished for', async () =>
      (await instances()).some(({ context_size, state }) => context_size === 512 && state === 'ready'),
    );
  });

  it('places a model of real shape that was put into the models folder, and removes it', async () => {
    const models = path.join(vscode.env.VRAMESH_HOME ?? '', 'models');
    mkdirSync(models, { recursive: true });
    writeRandomModel(path.join(models, 'shaped.gguf'), shape);
    await vscode.runCommand('VRAMesh: Place Model on GPU…');
    await vscode.pick('shaped');
    await vscode.screenshot('place-shaped');
    await vscode.pick('CPU');
    await vscode.statusItem('shaped');
    await until('it is ready', async () =>
      (await instances()).some(({ model, state }) => model.name === 'shaped' && state === 'ready'),
    );
    await vscode.runCommand('VRAMesh: Remove Placed Model…');
    await vscode.pick('shaped');
    await until('it is gone', async () => (await instances()).every(({ model }) => model.name !== 'shaped'));
  });

  it('goes on completing after its engine was killed in the middle', async () => {
    await vscode.openFile('list.ts');
    const [engine] = await instances();
    assert.ok(engine?.engine_pid);
    process.kill(engine.engine_pid, 'SIGKILL');
    await vscode.press('Enter');
    await vscode.type('// the editor goes on');
    await vscode.editorHas('// the editor goes on');
    await until('the engine is back', async () => (await instances())[0]?.state === 'ready');
    await vscode.press('Enter');
    await vscode.type('for (let k = 0; k < list.');
    assert.notEqual(await vscode.ghostText(), '');
    await vscode.press('Escape');
  });

  it('offers nothing while completions are switched off, and says so', async () => {
    await vscode.runCommand('VRAMesh: Toggle Completions');
    const tooltip = await vscode.tooltip(await vscode.statusItem(/vramesh-tiny\s*$/));
    assert.match(tooltip, /switched off/);
    await vscode.runCommand('VRAMesh: Toggle Completions');
    await until('completions are on', async () => {
      const now = await vscode.tooltip(await vscode.statusItem('vramesh-tiny'));
      return !now.includes('switched off');
    });
  });

  it('diagnoses in words what is missing for CUDA', async () => {
    await vscode.runCommand('VRAMesh: Diagnose');
    await vscode.editorHas(/CUDA backend/);
    await vscode.screenshot('diagnose');
    await vscode.runCommand('View: Close Editor');
  });

  it('removes a placed model, and completes again after a restart of the host with another one', async () => {
    await vscode.runCommand('VRAMesh: Remove Placed Model…');
    await vscode.pick('vramesh-tiny');
    await vscode.statusItem('No model');
    await vscode.runCommand('VRAMesh: Place Model on GPU…');
    await vscode.pick('vramesh-tiny');
    await vscode.pick('CPU');
    await until('it is ready', async () => (await instances())[0]?.state === 'ready');
    const [before] = await instances();
    await vscode.runCommand('VRAMesh: Restart Host');
    await until('another engine is ready', async () => {
      const [now] = await instances();
      return now?.state === 'ready' && now.engine_pid !== before?.engine_pid;
    });
    await vscode.statusItem('RTX 3050');
  });
});
