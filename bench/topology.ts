/** What the topology page costs: bytes, the time until it is seen, an update of a hundred machines, and being hidden. */
import { statSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';
import type { State } from '#protocol';
import { nvmlEnvironment, scenarioPath } from '../test/support/nvml';
import { manyMachines, openTopologyBrowser, openTopologyPage } from '../test/support/topology-page';
import { openWorkbench } from '../test/support/workbench';
import { below, info, median, type Row, rounded } from './row';

const openings = 7;
const rounds = 9;
/** The page paints once a second at most. */
const betweenMs = 1100;
const hiddenMs = 5000;

export async function topology(): Promise<Row[]> {
  return [bundle(), ...(await updates()), await firstPaint()];
}

function bundle(): Row {
  return below('webview bundle', statSync('dist/webview.js').size / 1000, 400, 'kB');
}

/** From the key that runs the command to a bar on the screen, in VS Code as a page; its own windows and frames included. */
async function firstPaint(): Promise<Row> {
  const vscode = await openWorkbench({
    files: { 'a.ts': '' },
    env: nvmlEnvironment(scenarioPath('rtx3050')),
  });
  try {
    await vscode.statusItem('vramesh-tiny');
    const { page } = vscode;
    const bar = page
      .frameLocator('iframe.webview')
      .frameLocator('iframe#active-frame')
      .getByRole('meter')
      .first();
    const times: number[] = [];
    for (let round = 0; round < openings; round++) {
      await page.keyboard.press('F1');
      const input = page.locator('.quick-input-widget:visible input');
      await input.fill('>VRAMesh: Show Topology');
      await page
        .locator('.quick-input-widget .monaco-list-row.focused', { hasText: 'Show Topology' })
        .waitFor();
      const begin = performance.now();
      await page.keyboard.press('Enter');
      await bar.waitFor();
      times.push(performance.now() - begin);
      await vscode.runCommand('View: Close All Editors');
      await bar.waitFor({ state: 'detached' });
    }
    return below(
      `topology panel: first bar after the command, median of ${openings}`,
      median(times),
      300,
      'ms',
    );
  } finally {
    await vscode.dispose();
  }
}

/** Script time of the page alone, as the browser counts it; style and layout beside it. */
async function updates(): Promise<Row[]> {
  const browser = await openTopologyBrowser();
  try {
    const { page } = await openTopologyPage(browser);
    const cdp = await page.context().newCDPSession(page);
    // The page's own time, whatever else runs on this machine.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const states = Array.from({ length: rounds }, (_, round) => atRest(manyMachines(100, round)));
    await page.evaluate(`window.rounds = ${JSON.stringify(states)}`);
    const closed = await update(page, cdp);
    await page.evaluate(
      `for (const closed of document.querySelectorAll('.disclosure[aria-expanded="false"]')) closed.click()`,
    );
    await page.waitForTimeout(betweenMs);
    const opened = await update(page, cdp);
    return [
      below('topology: update of 100 machines of 8 GPUs, all changed: script', closed.script, 16, 'ms'),
      info('style and layout of that', `${rounded(closed.drawing)} ms`),
      // What is not on the screen is updated bit by bit while the browser is idle: nothing waits for all of it.
      info('the same with all of them opened, bit by bit', `${rounded(opened.script)} ms of script`),
      await hidden(page, cdp),
    ];
  } finally {
    await browser.close();
  }
}

async function update(page: Page, cdp: CDPSession): Promise<{ script: number; drawing: number }> {
  const costs = [];
  for (let round = 0; round < rounds; round++) {
    await page.waitForTimeout(betweenMs);
    const before = await spent(cdp);
    // As it is heard: the copy from window to window is the browser's, and the bench would pay for both its ends.
    await page.evaluate(
      `{
        const data = { type: 'view', state: window.rounds[${round}], problem: null };
        window.dispatchEvent(new MessageEvent('message', { data }));
      }`,
    );
    await page.waitForTimeout(betweenMs / 2);
    const after = await spent(cdp);
    costs.push({ script: after.script - before.script, drawing: after.drawing - before.drawing });
  }
  // The first one makes the page.
  const rest = costs.slice(1);
  const script = median(rest.map((cost) => cost.script));
  const drawing = median(rest.map((cost) => cost.drawing));
  return { script, drawing };
}

async function hidden(page: Page, cdp: CDPSession): Promise<Row> {
  await page.evaluate(`{
    Object.defineProperty(document, 'hidden', { get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
  }`);
  await page.waitForTimeout(betweenMs);
  const before = await spent(cdp);
  await page.waitForTimeout(hiddenMs);
  const after = await spent(cdp);
  // Sums of many small numbers: what is less than a hundredth is none.
  const cost = Math.round(100 * (after.script + after.drawing - before.script - before.drawing)) / 100;
  return below(`topology: ${hiddenMs / 1000} s hidden`, cost, 1, 'ms');
}

/** Nothing is being loaded: what turns while one waits would be counted as well. */
function atRest(state: State): State {
  return { ...state, instances: state.instances.filter((instance) => instance.state === 'ready') };
}

/** ms since the page was opened. */
async function spent(cdp: CDPSession): Promise<{ script: number; drawing: number }> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const ms = (name: string) => 1000 * (metrics.find((metric) => metric.name === name)?.value ?? 0);
  return { script: ms('ScriptDuration'), drawing: ms('LayoutDuration') + ms('RecalcStyleDuration') };
}
