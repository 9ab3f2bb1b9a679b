#!/usr/bin/env node
/**
 * Stands in for the `code` command where `@vscode/test-electron` runs a suite: takes the arguments that it passes, runs the
 * suite in the extension host of the workbench, prints what the suite prints, and ends with its result.
 *
 *     code.mjs [WORKSPACE] --extensionDevelopmentPath=DIR --extensionTestsPath=MODULE
 *
 * Other arguments concern the desktop's windows and profiles and are ignored: every run has a profile of its own anyway.
 */
import { format, parseArgs } from 'node:util';
import { openBrowser, startWorkbench } from './index.mjs';

const suiteLimitMs = 10 * 60_000;
/** What the window says about itself while it starts and ends; the rest comes from the extension host. */
const windowNoise =
  /^(Resolv|Creating a socket|Ignoring fetching|Canceled: |\[(reconnection|Service Worker|AgentHost|AccountPolicy))/;

const { values, positionals } = parseArgs({
  options: { extensionDevelopmentPath: { type: 'string' }, extensionTestsPath: { type: 'string' } },
  allowPositionals: true,
  strict: false,
});
const { extensionDevelopmentPath: extensionPath, extensionTestsPath: testsPath } = values;
if (typeof extensionPath !== 'string' || typeof testsPath !== 'string') {
  console.error('usage: code.mjs [WORKSPACE] --extensionDevelopmentPath=DIR --extensionTestsPath=MODULE');
  process.exit(2);
}

// Ending through `exit` lets the workbench and the browser end their processes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

const workbench = await startWorkbench({
  workspace: positionals[0] ?? extensionPath,
  extensionPath,
  testsPath,
  home: 'temporary',
});
const browser = await openBrowser();
const page = await browser.newPage();
// The two functions that VS Code looks for on its window when it runs under automation.
await page.exposeFunction(
  'codeAutomationLog',
  (/** @type {string} */ _type, /** @type {unknown[]} */ args) => {
    const line = format(...args);
    if (!windowNoise.test(line)) console.log(line);
  },
);
const result = new Promise((resolve, reject) => {
  page.exposeFunction('codeAutomationExit', resolve).catch(reject);
  page.on('crash', () => reject(new Error('The window crashed.')));
  page.on('close', () => reject(new Error('The window closed before the suite had ended.')));
  workbench.ended.then(() =>
    reject(new Error(`The workbench ended before the suite had:\n${workbench.log()}`)),
  );
  setTimeout(
    () => reject(new Error(`The suite took more than ${suiteLimitMs / 60_000} minutes.`)),
    suiteLimitMs,
  );
});
await page.goto(workbench.url);
const exitCode = await result.catch((error) => {
  console.error(error.message);
  return 1;
});
await browser.close();
await workbench.stop();
process.exit(exitCode);
