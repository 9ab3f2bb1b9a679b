/** The topology page as the host serves it: in a browser, without an editor, over the HTTP API. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Api, startApi } from '../../../server/src/api';
import { createLog, createParts, state } from '../../integration/api/harness';
import { axeFindings } from '../../support/axe';
import { hide, openTopologyBrowser, recordedState, widths } from '../../support/topology-page';
import { until } from '../../support/until';

const screenshots = path.resolve('dist/test/screenshots/topology');

describe('the topology page that the host serves', () => {
  const { log } = createLog();
  const asked: string[] = [];
  const parts = createParts();
  const { place, unplace } = parts.instances;
  parts.instances.place = (request) => {
    const { context_size, kv_cache_type } = request.wishes;
    asked.push(`place ${request.modelId} ${request.previewId} ${context_size} ${kv_cache_type}`);
    return place(request);
  };
  parts.instances.unplace = (id) => {
    asked.push(`unplace ${id}`);
    return unplace(id);
  };
  let browser: Browser;
  let api: Api;
  let page: Page;
  const errors: string[] = [];
  const start = (port: number) => startApi({ port, parts, log });

  before(async () => {
    browser = await openTopologyBrowser();
    api = await start(0);
    page = await browser.newPage({ viewport: { width: widths.wide, height: 900 } });
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${api.address.port}/`);
  });
  after(async () => {
    await browser.close();
    await api.close();
  });

  it('shows what the host says, and follows it', async () => {
    await page.getByText('2 machines · 2 GPUs').waitFor();
    parts.change(recordedState('three'));
    await page.getByText('3 machines · 4 GPUs').waitFor();
    assert.deepEqual(errors, []);
  });

  for (const scheme of ['dark', 'light'] as const) {
    it(`brings its own ${scheme} theme`, async () => {
      await page.emulateMedia({ colorScheme: scheme });
      for (const [name, width] of Object.entries(widths)) {
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({
          path: path.join(screenshots, `served-${scheme}-${name}.png`),
          fullPage: true,
        });
        assert.deepEqual(await axeFindings(page), [], name);
      }
      await page.setViewportSize({ width: widths.wide, height: 900 });
    });
  }

  it('offers nothing that needs an editor', async () => {
    parts.change({ ...state, topology: { nodes: state.topology.nodes.slice(0, 1), connections: [] } });
    await page.getByText('No other machines yet: invite one').waitFor();
    await page.getByText('Run "vramesh invite" in a terminal').waitFor();
    await page.getByRole('button', { name: 'Place a Model…' }).click();
    const buttons = await page.getByRole('button').allTextContents();
    for (const name of ['Invite Machine…', 'File or Download…', 'Diagnose'])
      assert.ok(!buttons.includes(name), name);
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  it('places models, with wishes, and removes them', async () => {
    await page.getByRole('button', { name: 'Place a Model…' }).click();
    await page.getByRole('option', { name: /vramesh-tiny/ }).waitFor({ state: 'attached' });
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption({ index: 1 });
    await page.getByText('2.0 GiB of RAM are missing.').waitFor();
    await page.getByText('Other wishes').click();
    await page.getByRole('combobox', { name: 'KV cache', exact: true }).selectOption({ index: 1 });
    await page.getByRole('combobox', { name: 'Context', exact: true }).selectOption({ label: '8192 tokens' });
    await page.getByText('context 8192 × 4').waitFor();
    await page.getByRole('button', { name: 'Place', exact: true }).click();
    await until('it was asked for', () => asked.length === 1);
    await page.getByRole('button', { name: 'Remove vramesh-tiny' }).click();
    await until('it was asked for', () => asked.length === 2);
    const [instance] = state.instances;
    assert.deepEqual(asked, [
      `place ${instance?.model.id} gpu:GPU-9d3f5a1e-0000-4000-8000-000000000001 8192 q8_0`,
      `unplace ${instance?.id}`,
    ]);
    assert.deepEqual(errors, []);
  });

  it('says what went wrong in the host’s own words', async () => {
    const [instance] = state.instances;
    assert.ok(instance);
    const model = { ...instance.model, name: 'long-gone' };
    parts.change({ ...state, instances: [{ ...instance, id: 'gone', model }] });
    await page.getByRole('button', { name: 'Remove long-gone' }).click();
    await page.getByRole('alert').getByText('There is no instance').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
  });

  it('says when the host has ended, and goes on when it is back', async () => {
    const { port } = api.address;
    await api.close();
    await page.getByText('Disconnected').waitFor();
    api = await start(port);
    await page.getByText('1 machine').or(page.getByText('2 machines')).first().waitFor();
  });

  it('asks for nothing while it is hidden', async () => {
    await hide(page, true);
    await until('nobody listens', () => parts.listeners.size === 0 && parts.lookers.size === 0);
    await hide(page, false);
    await until('the page listens again', () => parts.listeners.size === 1);
  });
});
