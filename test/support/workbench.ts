/**
 * A real VS Code with the extension in it, driven and looked at through a browser as a user would: keys go in, what is on the
 * screen comes out. Everything here waits until the thing asked for is there, and fails when it does not come.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import type * as workbenchScripts from '../../scripts/workbench/index.mjs';
import { stopHost } from './stop-host';

const evidence = path.resolve('dist/test/screenshots');
const waitMs = 30_000;
const ghostClass = '[class*="ghost-text"]';

export interface WorkbenchUnderTest {
  readonly page: Page;
  /** The workspace folder; holds the files that were asked for. */
  readonly workspace: string;
  /** The environment of the extension host, for commands that shall meet the same VRAMesh host. */
  readonly env: Record<string, string>;
  /** Waits for a status bar item whose text contains (or matches) this. */
  statusItem(text: string | RegExp): Promise<Locator>;
  /** Hovers over something and waits for the tooltip's text. */
  tooltip(of: Locator): Promise<string>;
  /** Runs a command of the palette by its whole title, "Category: Title". */
  runCommand(title: string): Promise<void>;
  /** Chooses an entry of the open quick pick by its whole label. */
  pick(label: string): Promise<void>;
  /** Opens the notification centre; one element a notification. (In this mode VS Code shows no toasts.) */
  notifications(): Promise<Locator>;
  /** Opens a file of the workspace in an editor, the cursor at its end. */
  openFile(name: string): Promise<void>;
  /** Types as on a keyboard, into whatever has the focus. */
  type(text: string): Promise<void>;
  press(key: string): Promise<void>;
  /** Waits for ghost text and returns it, every line of it. */
  ghostText(): Promise<string>;
  /** Records the ghost text from now on, '' where there is none; what it answers tells each state that was drawn, in order. */
  watchGhostText(): Promise<() => Promise<string[]>>;
  /** Presses Tab; returns the line with ghost text as it stood on the screen when the key went down. */
  acceptSuggestion(): Promise<string>;
  /** The visible lines of the active editor, ghost text included. */
  editorText(): Promise<string>;
  /** Waits until the active editor's text holds this. */
  editorHas(text: string | RegExp): Promise<void>;
  /** Saves what is on the screen as dist/test/screenshots/NAME.png. */
  screenshot(name: string): Promise<void>;
  dispose(): Promise<void>;
}

export interface WorkbenchFiles {
  /** Path in the workspace → content. */
  files?: Record<string, string>;
  env?: Record<string, string>;
  /** Of a host that runs already, and is not ended with the window. */
  home?: string;
  settings?: Record<string, unknown>;
  /** Of the window, as a language pack would make it; VS Code's own texts stay English without one. */
  language?: string;
  /** A package to install, as a user would; otherwise the extension runs from this checkout. */
  vsix?: string;
}

export async function openWorkbench({
  files = {},
  env,
  home,
  settings,
  language,
  vsix,
}: WorkbenchFiles): Promise<WorkbenchUnderTest> {
  const { openBrowser, startWorkbench } = await loadScripts();
  // Short, because the host's sockets live below it.
  const root = await mkdtemp(path.join(tmpdir(), 'vm-'));
  const workspace = path.join(root, 'workspace');
  await writeFiles(workspace, files);
  const hostEnv = { ...env, VRAMESH_HOME: home ?? path.join(root, 'home') };

  const workbench = await startWorkbench({
    workspace,
    ...(vsix === undefined ? { extensionPath: process.cwd() } : { vsix }),
    home: 'temporary',
    env: hostEnv,
    // The list of words would open beside the ghost text, hide it, or take its Tab, depending on who is faster.
    settings: {
      'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
      'editor.suggestOnTriggerCharacters': false,
      ...settings,
    },
  });
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(waitMs);
  if (language) await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = '${language}'`);
  await page.goto(workbench.url);
  await page.locator('.monaco-workbench .statusbar-item').first().waitFor();

  return {
    ...drive(page),
    workspace,
    env: hostEnv,
    async screenshot(name) {
      await page.screenshot({ path: path.join(evidence, `${name}.png`) });
      await cp(path.join(workbench.root, 'data/logs'), path.join(evidence, `${name}-logs`), {
        recursive: true,
      });
    },
    async dispose() {
      await browser.close();
      // The window first: one that loses its host would start another.
      await workbench.stop();
      if (home === undefined) await stopHost(hostEnv);
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Call it inside `describe`: a test that fails leaves a screenshot named after it, and VS Code's logs beside it. */
export function keepEvidenceOfFailures(workbench: () => WorkbenchUnderTest | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await workbench()?.screenshot(`failed-${this.currentTest.fullTitle().replace(/\W+/g, '-')}`);
  });
}

type Driver = Omit<WorkbenchUnderTest, 'workspace' | 'env' | 'screenshot' | 'dispose'>;

function drive(page: Page): Driver {
  const quickInput = page.locator('.quick-input-widget:visible');
  const editor = page.locator('.editor-group-container.active .monaco-editor').first();
  const ghost = editor.locator(ghostClass);

  const pick = async (label: string) => {
    const name = page.locator('.label-name').filter({ hasText: wholeText(label) });
    await quickInput.locator('.monaco-list-row').filter({ has: name }).first().click();
  };
  const openQuickInput = async (key: string, query: string) => {
    await eventually(async () => {
      await page.keyboard.press(key); // a key pressed before VS Code has bound it is lost
      await quickInput.waitFor({ timeout: 2000 });
    });
    await quickInput.locator('input').fill(query);
  };
  const runCommand = async (title: string) => {
    await openQuickInput('F1', `>${title}`);
    await pick(title);
  };
  const editorText = () => topToBottom(editor.locator('.view-line'), ':scope');

  return {
    page,
    pick,
    runCommand,
    editorText,
    async statusItem(text) {
      const item = page.locator('.statusbar-item').filter({ hasText: text }).first();
      await item.waitFor();
      return item;
    },
    async tooltip(of) {
      await of.hover();
      const tooltip = page.locator('.monaco-hover:visible, .workbench-hover:visible').last();
      await tooltip.waitFor();
      return plain((await tooltip.allInnerTexts()).join('\n'));
    },
    async notifications() {
      await runCommand('Notifications: Show Notifications');
      return page.locator('.notifications-center.visible .notification-list-item');
    },
    async openFile(name) {
      await openQuickInput('Control+P', name);
      await pick(path.basename(name));
      await page
        .locator('.tab.active')
        .filter({ hasText: path.basename(name) })
        .waitFor();
      await editor.locator('.view-lines').click();
      await page.keyboard.press('Control+End');
    },
    async type(text) {
      await page.keyboard.type(text, { delay: 20 });
    },
    async press(key) {
      await page.keyboard.press(key);
    },
    async ghostText() {
      await ghost.first().waitFor();
      return topToBottom(editor.locator('.view-line').filter({ has: page.locator(ghostClass) }), ghostClass);
    },
    async watchGhostText() {
      await page.evaluate(`{
        const seen = [];
        window.ghostTexts = seen;
        const look = () => {
          if (window.ghostTexts !== seen) return;
          const lines = [...document.querySelectorAll('.editor-group-container.active .view-line')]
            .filter((line) => line.querySelector('${ghostClass}'))
            .sort((one, other) => one.getBoundingClientRect().y - other.getBoundingClientRect().y);
          const now = lines
            .map((line) => [...line.querySelectorAll('${ghostClass}')].map((part) => part.textContent).join(''))
            .join('\\n');
          if (now !== seen.at(-1)) seen.push(now);
          requestAnimationFrame(look);
        };
        look();
      }`);
      return async () => (await page.evaluate<string[]>('window.ghostTexts')).map(plain);
    },
    async acceptSuggestion() {
      // In the page, at the key itself: a newer suggestion may replace the one that was looked at a moment before.
      await page.evaluate(`{
        const look = () => {
          const part = document.querySelector('.editor-group-container.active .view-line ${ghostClass}');
          window.lineAtTab = part?.closest('.view-line').textContent ?? '';
        };
        document.addEventListener('keydown', look, { capture: true, once: true });
      }`);
      await page.keyboard.press('Tab');
      return plain(await page.evaluate<string>('window.lineAtTab'));
    },
    async editorHas(text) {
      await eventually(async () => {
        const now = await editorText();
        if (typeof text === 'string' ? !now.includes(text) : !text.test(now))
          throw new Error(`The editor shows no ${text}, but:\n${now}`);
      });
    },
  };
}

/** Repeats until it does not throw; the last error after 30 s. */
async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + waitMs; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** The tests are bundled, these scripts are not: they find their files beside themselves. */
async function loadScripts(): Promise<typeof workbenchScripts> {
  return import(pathToFileURL(path.resolve('scripts/workbench/index.mjs')).href);
}

async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}

function wholeText(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

/**
 * The text of those parts of each line, one line below the other. The editor keeps its lines in the page in the order in which
 * it drew them first, not as they stand.
 */
async function topToBottom(lines: Locator, parts: string): Promise<string> {
  const drawn = await Promise.all(
    (await lines.all()).map(async (line) => ({
      y: (await line.boundingBox())?.y ?? 0,
      text: (await line.locator(parts).allInnerTexts()).join(''),
    })),
  );
  drawn.sort((a, b) => a.y - b.y);
  return plain(drawn.map(({ text }) => text).join('\n'));
}

/** The editor draws spaces as no-break spaces. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
