import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../setup/run.mjs';
import { installWorkbench } from './install.mjs';

/** @typedef {import('./index.mjs').WorkbenchOptions} WorkbenchOptions */

const startLimitMs = 60_000;
const stopLimitMs = 5_000;

/** The first thing that one sees should be the extension's work, not VS Code's own questions. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'editor.inlineSuggest.enabled': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'git.openRepositoryInParentFolders': 'never',
  'remote.autoForwardPorts': false, // it would announce the host's own port
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

/** @type {typeof import('./index.mjs').startWorkbench} */
export async function startWorkbench(options) {
  const { dir, node } = await installWorkbench();
  // A short path: VS Code's Unix sockets live in here, and their paths are limited to about 100 bytes.
  const root = mkdtempSync(path.join(tmpdir(), 'wb-'));
  const entry = path.join(dir, 'out/node/entry.js');
  const env = environment(root, options);
  const folders = prepare(root, options);
  if (options.vsix)
    await run(node, [entry, ...folders, '--install-extension', path.resolve(options.vsix)], { env });

  // A process group of its own: file watchers, terminals and the extension host are ended with the server.
  const server = spawn(node, [entry, ...folders, ...flags(options)], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (log += text));

  const endAtExit = () => {
    signalGroup(server.pid, 'SIGKILL');
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', endAtExit);
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => server.once('close', resolve).once('error', resolve));

  /** @type {Promise<void> | undefined} */
  let stopping;
  const stop = () => {
    stopping ??= endGroup(server.pid).then(async () => {
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
      process.off('exit', endAtExit);
    });
    return stopping;
  };

  try {
    const port = await Promise.race([
      listeningPort(server.stdout, () => log),
      ended.then(() => Promise.reject(new Error(`The workbench ended before it answered:\n${log}`))),
      delay(startLimitMs, undefined, { ref: false }).then(() =>
        Promise.reject(new Error(`The workbench did not answer within ${startLimitMs / 1000} s:\n${log}`)),
      ),
    ]);
    return { url: address(port, options), port, root, log: () => log, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Writes what the server finds at its start, and returns the arguments that keep all that it writes inside `root`.
 *
 * @param {string} root
 * @param {WorkbenchOptions} options
 */
function prepare(root, { settings }) {
  const data = path.join(root, 'data');
  mkdirSync(path.join(data, 'User'), { recursive: true });
  writeFileSync(path.join(root, 'config.yaml'), '{}');
  writeFileSync(
    path.join(data, 'User/settings.json'),
    JSON.stringify({ ...quietSettings, ...settings }, null, 2),
  );
  return [
    `--config=${path.join(root, 'config.yaml')}`,
    `--user-data-dir=${data}`,
    `--extensions-dir=${path.join(root, 'extensions')}`,
    `--session-socket=${path.join(root, 'session.sock')}`,
  ];
}

/** @param {WorkbenchOptions} options */
function flags({ extensionPath, home }) {
  return [
    '--bind-addr=127.0.0.1:0',
    '--auth=none',
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
    '--disable-proxy',
    '--ignore-last-opened',
    ...(extensionPath ? ['--vscode-option=enable-smoke-test-driver'] : []),
    // Should we be killed outright, the browser dies with us and the server then ends by itself.
    ...(home === 'temporary' ? ['--idle-timeout-seconds=120'] : []),
  ];
}

/**
 * @param {string} root
 * @param {WorkbenchOptions} options
 */
function environment(root, { env, home }) {
  // What an editor around us has set would make this one join it.
  const ours = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|CODE_SERVER_|(HASHED_)?PASSWORD$|PORT$)/.test(name),
  );
  const own = {
    HOME: root,
    TMPDIR: root,
    XDG_RUNTIME_DIR: root,
    XDG_CONFIG_HOME: path.join(root, '.config'),
    XDG_DATA_HOME: path.join(root, '.local/share'),
    XDG_STATE_HOME: path.join(root, '.local/state'),
    XDG_CACHE_HOME: path.join(root, '.cache'),
  };
  return {
    ...Object.fromEntries(ours),
    ...(home === 'temporary' ? own : {}),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}', // no marketplace, so no request leaves this machine
    ...env,
  };
}

/**
 * The server is asked for port 0 and prints the one that it got: no other process can take it in between.
 *
 * @param {import('node:stream').Readable} stdout
 * @param {() => string} log
 * @returns {Promise<number>}
 */
function listeningPort(stdout, log) {
  return new Promise((resolve) => {
    stdout.on('data', () => {
      const port = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log())?.[1];
      if (port) resolve(Number(port));
    });
  });
}

/**
 * @param {number} port
 * @param {WorkbenchOptions} options
 */
function address(port, { workspace, file, extensionPath, testsPath }) {
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set('folder', path.resolve(workspace));
  /** @param {string} local */
  const remote = (local) => `vscode-remote://${url.host}${path.resolve(local)}`;
  const payload = [
    ...(extensionPath ? [['extensionDevelopmentPath', remote(extensionPath)]] : []),
    ...(testsPath ? [['extensionTestsPath', remote(testsPath)]] : []),
    ...(file
      ? [
          ['openFile', remote(file)],
          ['gotoLineMode', 'true'],
        ]
      : []),
    ['skipWelcome', 'true'],
  ];
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** @param {number | undefined} leader */
async function endGroup(leader) {
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
    let alive = signalGroup(leader, signal);
    for (let waited = 0; alive && waited < stopLimitMs; waited += 50) {
      await delay(50);
      alive = signalGroup(leader, 0);
    }
    if (!alive) return;
  }
}

/**
 * @param {number | undefined} leader undefined: it never started
 * @param {NodeJS.Signals | 0} signal 0 only asks
 * @returns {boolean} whether the group still has a process
 */
function signalGroup(leader, signal) {
  if (leader === undefined) return false;
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
