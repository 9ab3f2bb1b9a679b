/**
 * How any process finds the host: where its state and its socket are, and how to start it when nobody has yet.
 * Kept out of `index.ts`, since it needs Node and pages import that.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Bytes. Kernels refuse longer socket paths (macOS: 104 with the final zero), and the host first makes its socket
 * with a dot and its process id behind the name.
 */
const longestSocketPath = 92;
const startTimeoutMs = 15_000;
const retryMs = 25;

/** A host that its first client starts goes away by itself after this many seconds without use. */
export const idleExitSeconds = 600;

/** The folder of all state: `VRAMESH_HOME`, else where the platform keeps the data of applications. */
export function homeFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.VRAMESH_HOME) return resolve(env.VRAMESH_HOME);
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'VRAMesh');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'VRAMesh');
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'vramesh');
}

/** The socket (on Windows: the named pipe) that the host of this home listens on. */
export function socketPath(home: string): string {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\vramesh-${hash}`;
  const path = join(home, 'host.sock');
  return Buffer.byteLength(path) <= longestSocketPath
    ? path
    : join(tmpdir(), `vramesh-${userInfo().uid}-${hash}`, 'host.sock');
}

/** Connects to the host of this home. Rejects with the system's error when nobody listens. */
export function connectToHost(home: string): Promise<Socket> {
  return new Promise((fulfil, reject) => {
    const socket = connect(socketPath(home));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      fulfil(socket);
    });
  });
}

export interface AttachOptions {
  readonly home: string;
  /** The host's bundle, `dist/vramesh.js`. */
  readonly program: string;
  readonly signal?: AbortSignal;
}

/**
 * Connects to the host, starting it first where there is none. The host outlives the process that started it.
 * Rejects with the host's own last words when it cannot start.
 */
export async function attach({ home, program, signal }: AttachOptions): Promise<Socket> {
  const running = await connectToHost(home).catch(() => null);
  if (running) return running;

  const host = spawn(
    process.execPath,
    [program, 'serve', '--detached', '--idle-exit', String(idleExitSeconds)],
    {
      env: { ...process.env, VRAMESH_HOME: home, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      windowsHide: true,
    },
  );
  let lastWords = '';
  let failure: string | null = null;
  host.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-4000);
  });
  host.once('error', (error) => {
    failure = error.message;
  });
  // 'close' rather than 'exit': by then stderr has been read to its end.
  host.once('close', (code) => {
    failure = lastWords.trim() || `it ended with code ${code}`;
  });

  try {
    const deadline = Date.now() + startTimeoutMs;
    for (;;) {
      // Read before connecting: a host that lost the race against another one has ended, and the other one answers.
      const ended = failure;
      const socket = await connectToHost(home).catch(() => null);
      if (socket) return socket;
      if (ended !== null) throw new Error(`The VRAMesh host could not be started: ${ended}`);
      if (signal?.aborted) throw new Error('The VRAMesh host was no longer wanted.');
      if (Date.now() > deadline)
        throw new Error(`The VRAMesh host did not answer within ${startTimeoutMs / 1000} s.`);
      await new Promise((wake) => setTimeout(wake, retryMs));
    }
  } finally {
    host.stderr.destroy();
    host.unref();
  }
}
