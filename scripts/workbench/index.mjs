/**
 * A real VS Code for `npm start` and the end-to-end tests where the desktop one is not at hand: the pinned `code-server`
 * package (the workbench of VS Code in a browser, with a real extension host) and a headless browser that looks at it.
 *
 * Needs nothing of ours but Node 20: it must run before `npm ci` has. It never touches the user's own VS Code.
 * `index.d.mts` holds the types; `code.mjs` is a program of its own, a stand-in for the `code` command.
 */
export { openBrowser } from './browser.mjs';
export { installWorkbench } from './install.mjs';
export { startWorkbench } from './server.mjs';
