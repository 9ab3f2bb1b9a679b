/**
 * The topology page in a real browser, without a workbench around it: the built bundle under its own policy, in a theme of
 * VS Code, with a stand-in for VS Code's side that keeps what the page sends.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { PageAction, State, ToPage } from '#protocol';
import { pageHtml } from '../../client/src/panel/page-html';
import type * as workbenchScripts from '../../scripts/workbench/index.mjs';

export const themes = ['dark', 'light', 'hc-dark', 'hc-light'] as const;
export type Theme = (typeof themes)[number];

export const widths = { wide: 1280, narrow: 320 } as const;

const fixtures = path.resolve('test/fixtures/states');
const screenshots = path.resolve('dist/test/screenshots/topology');
const origin = 'http://page.test';
/** The page answers at once: what is not there by then does not come. */
const waitMs = 10_000;

interface ThemeVariables {
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
}
const themeVariables: Record<Theme, ThemeVariables> = JSON.parse(
  readFileSync(path.join(fixtures, 'themes.json'), 'utf8'),
);

export function recordedState(name: 'one' | 'three'): State {
  return JSON.parse(readFileSync(path.join(fixtures, `${name}.json`), 'utf8'));
}

/** A hundred machines of eight GPUs, made of the recorded ones; each `round` has other readings. */
export function manyMachines(count = 100, round = 0): State {
  const state = recordedState('three');
  const [tower, workstation] = state.topology.nodes;
  const gpu = tower?.node_profile.gpus[0];
  if (!tower || !workstation || !gpu) throw new Error('The recorded state has no GPU.');
  const others = Array.from({ length: count - 1 }, (_, machine) => {
    const gpus = Array.from({ length: 8 }, (_, index) => {
      const used = (0.05 + ((machine * 7 + index * 3 + round) % 60) / 100) * (gpu.vram_total ?? 0);
      return {
        ...gpu,
        index,
        uuid: `GPU-${machine}-${index}`,
        name: 'NVIDIA A100-SXM4-80GB',
        gpu_usage: (machine * 13 + index * 7 + round * 3) % 101,
        temp: 40 + ((machine + index + round) % 40),
        power_watts: 120 + ((machine * 3 + index + round) % 200),
        vram_used: Math.round(used),
        vram_free: Math.round((gpu.vram_total ?? 0) - used),
        processes: [],
      };
    });
    return {
      ...workstation,
      node_id: String(machine).padStart(64, '0'),
      name: `rack-${String(machine + 1).padStart(3, '0')}`,
      status: machine % 33 === 32 ? ('gone' as const) : ('online' as const),
      node_profile: { ...workstation.node_profile, gpus, sampled_at: round },
      lent: [],
      leased: [],
    };
  });
  return {
    ...state,
    topology: {
      nodes: [tower, ...others],
      connections: others
        .filter(({ status }) => status === 'online')
        .map(({ node_id }, index) => ({
          from: tower.node_id,
          to: node_id,
          round_trip_ms: 0.2 + index / 50,
          bytes_per_second: 1.1e9,
        })),
    },
  };
}

export interface TopologyPage {
  readonly page: Page;
  show(state: State | null, problem?: string | null): Promise<void>;
  /** Loads the page anew; what it keeps is kept. */
  reload(): Promise<void>;
  post(message: ToPage): Promise<void>;
  /** Something that no schema allows. */
  postAnything(message: unknown): Promise<void>;
  /** What the page has sent. */
  sent(): Promise<PageAction[]>;
  /** Errors of the page, and what its policy has blocked. */
  readonly errors: readonly string[];
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openTopologyBrowser(): Promise<Browser> {
  const scripts: typeof workbenchScripts = await import(
    pathToFileURL(path.resolve('scripts/workbench/index.mjs')).href
  );
  return scripts.openBrowser();
}

/**
 * Call it inside `describe`: each test gets a page of its own, which must have no errors.
 *
 * @param use is given the page before each test
 */
export function eachWithTopologyPage(use: (topology: TopologyPage) => void | Promise<void>): void {
  let browser: Browser;
  let topology: TopologyPage | undefined;
  before(async () => {
    browser = await openTopologyBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    topology = await openTopologyPage(browser);
    await use(topology);
  });
  afterEach(async () => {
    assert.deepEqual(topology?.errors, []);
    await topology?.close();
  });
}

/** As a tab that goes behind another one, or comes back. */
export async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(`{
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
    document.dispatchEvent(new Event('visibilitychange'));
  }`);
}

/** px that something reaches beyond the page. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

export async function openTopologyPage(
  browser: Browser,
  { theme = 'dark', width = widths.wide }: { theme?: Theme; width?: number } = {},
): Promise<TopologyPage> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(waitMs);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  const nonce = 'n0nce';
  const html = pageHtml({
    script: `${origin}/webview.js`,
    style: `${origin}/webview.css`,
    cspSource: origin,
    nonce,
  });
  await page.route(`${origin}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '') await route.fulfill({ contentType: 'text/html', body: html });
    else if (name === 'favicon.ico') await route.fulfill({ status: 204 });
    else await route.fulfill({ path: path.resolve('dist', name) });
  });
  await page.addInitScript({ content: standIn(themeVariables[theme]) });
  const load = async () => {
    await page.goto(`${origin}/`);
    await page.locator('main').waitFor({ state: 'attached' });
  };
  await load();

  const postAnything = (message: unknown): Promise<void> =>
    page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
  return {
    page,
    errors,
    reload: load,
    postAnything,
    post: postAnything,
    async show(state, problem = null) {
      await postAnything({ type: 'view', state, problem } satisfies ToPage);
      const shown = state ? '.columns' : '.no-host';
      await page.locator(shown).waitFor();
    },
    sent: () => page.evaluate('window.sentByPage'),
    async screenshot(name) {
      await mkdir(screenshots, { recursive: true });
      // Of a hundred machines the first are enough.
      const fullPage = (await page.locator('.machine').count()) < 10;
      await page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage });
    },
    close: () => context.close(),
  };
}

/** Runs in the page, before its script: what VS Code does for a webview. */
function standIn({ kind, variables }: ThemeVariables): string {
  return `
    window.sentByPage = [];
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.sentByPage.push(message),
      getState: () => JSON.parse(sessionStorage.getItem('kept') ?? 'null') ?? undefined,
      setState: (state) => sessionStorage.setItem('kept', JSON.stringify(state)),
    });
    document.addEventListener('DOMContentLoaded', () => {
      for (const [name, value] of Object.entries(${JSON.stringify(variables)}))
        document.documentElement.style.setProperty(name, value);
      document.body.dataset.vscodeThemeKind = ${JSON.stringify(kind)};
      document.body.className = ${JSON.stringify(kind)};
    });`;
}
