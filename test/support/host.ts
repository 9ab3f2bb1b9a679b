/**
 * Real hosts for tests, each with a home of its own, and the command line. Whatever a test starts here is ended and
 * removed by `cleanUp`, also what a client has started behind its back.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type State, stateSchema, stopRequest } from '#protocol';
import { connectToHost } from '#protocol/attach';
import { connectLsp, type LspClient, type LspOptions, type Workspace } from './lsp';
import { isAlive, settled, until } from './until';

const builtProgram = path.resolve('dist/vramesh.js');

/** What `serve --json` prints. */
export interface ReadyLine {
  readonly ready: true;
  readonly http: string | null;
  readonly https: string | null;
  readonly peer: string | null;
  readonly socket: string;
  readonly node_id: string;
}

export interface HostUnderTest {
  readonly home: string;
  readonly ready: ReadyLine;
  readonly process: ChildProcess;
  readonly pid: number;
  /** What it has printed on stderr so far. */
  stderr(): string;
  /** GET; the answer parsed. */
  http(path: string): Promise<unknown>;
  state(): Promise<State>;
  /** A session that has shaken hands. */
  lsp(options?: LspOptions, workspace?: Workspace): Promise<LspClient>;
  /** A connection that has said nothing yet. */
  connect(): Promise<Socket>;
  /** Settles with the exit code. */
  readonly ended: Promise<number | null>;
  /** Ends it as Ctrl-C does; resolves when it has gone. */
  stop(): Promise<void>;
}

export interface HostOptions {
  /** A home that was used before; otherwise a fresh one. */
  readonly home?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** The network namespace that it lives in. */
  readonly namespace?: string;
  /** What it takes for the kernel's report of its memory: see `tellFreeRam`. Needs root. */
  readonly meminfo?: string;
  /** Another build than the one under test. */
  readonly program?: string;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const homes = new Set<string>();
const children = new Set<ChildProcess>();

/** A folder that is not there yet, with a short path: sockets lie in it. */
export function freshHome(): string {
  const home = path.join(mkdtempSync(path.join(os.tmpdir(), 'vm-')), 'h');
  homes.add(home);
  return home;
}

/** For files of a test. */
export function freshFolder(): string {
  const home = freshHome();
  mkdirSync(home);
  return home;
}

/** Starts `serve` and waits for its ready line. Rejects with its stderr when it ends instead. */
export async function startHost(options: HostOptions = {}): Promise<HostUnderTest> {
  const home = options.home ?? freshHome();
  const child = spawnCli(['serve', '--json', '--http-port', '0', ...(options.args ?? [])], home, options);
  const ended = new Promise<number | null>((fulfil) => child.once('close', fulfil));
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const failed = ended.then((code) => {
    throw new Error(`The host ended with code ${code} before it was ready: ${stderr}`);
  });
  failed.catch(() => {});
  const ready = await settled('ready line', Promise.race([readyLine(child), failed]));
  const http = async (route: string) => (await fetch(`http://${ready.http}${route}`)).json();
  return {
    home,
    ready,
    process: child,
    pid: child.pid ?? 0,
    stderr: () => stderr,
    http,
    state: async () => stateSchema.parse(await http('/state')),
    lsp: (lspOptions, workspace) => openLsp(home, lspOptions, workspace),
    connect: () => connectToHost(home),
    ended,
    async stop() {
      child.kill('SIGTERM');
      await settled('end of the host', ended);
    },
  };
}

/** A session with the host of this home, whoever started it. */
export async function openLsp(home: string, options?: LspOptions, workspace?: Workspace): Promise<LspClient> {
  const socket = await connectToHost(home);
  return connectLsp({ reader: socket, writer: socket }, options, workspace);
}

/** Runs one command to its end. */
export async function vramesh(
  args: readonly string[],
  options: { home: string; env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  const child = spawnCli(args, options.home, options);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  child.stdin?.end();
  const [code] = await settled(`end of vramesh ${args.join(' ')}`, once(child, 'close'));
  return { code, ...output };
}

/** Writes what a host with this `meminfo` finds free from now on, in bytes. */
export function tellFreeRam(meminfo: string, bytes: number): void {
  const kib = Math.floor(bytes / 1024);
  writeFileSync(meminfo, `MemTotal: ${4 * 2 ** 20} kB\nMemFree: ${kib} kB\nMemAvailable: ${kib} kB\n`);
}

/** The kernel's report of its memory, replaced for one process and its children. */
function withMemory(meminfo: string, command: readonly string[]): string[] {
  const mount = 'mount --bind "$0" /proc/meminfo && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', mount, meminfo, ...command];
}

/** A command that goes on; its stdin is open. */
export function spawnCli(
  args: readonly string[],
  home: string,
  {
    env,
    namespace,
    meminfo,
    program = builtProgram,
  }: Pick<HostOptions, 'env' | 'namespace' | 'meminfo' | 'program'> = {},
): ChildProcess {
  const plain = [process.execPath, program, ...args];
  const command = meminfo === undefined ? plain : withMemory(meminfo, plain);
  // `ip` and `unshare` become the program: the process id stays.
  const [file = '', ...rest] = namespace ? ['ip', 'netns', 'exec', namespace, ...command] : command;
  const child = spawn(file, rest, {
    env: { ...cleanEnvironment(), VRAMESH_HOME: home, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => {});
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/** Everything that the hosts of this home have logged. */
export function logOf(home: string): string {
  const folder = path.join(home, 'logs');
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('');
}

/** Process ids of all hosts that got ready in this home, in order; some may have ended. */
export function hostsOf(home: string): number[] {
  return [...logOf(home).matchAll(/is ready \(node \w+, process (\d+)\)/g)].map(([, pid]) => Number(pid));
}

/** The process id of the engine that answers in this home, once there is one. */
export async function enginePid(host: HostUnderTest): Promise<number> {
  return until('a ready engine', async () => {
    const [instance] = (await host.state()).instances;
    return instance?.state === 'ready' && instance.engine_pid;
  });
}

export async function gone(pid: number): Promise<void> {
  await until(`end of process ${pid}`, async () => !(await isAlive(pid)));
}

/** For `afterEach` or `after`: ends all hosts and commands, and removes their homes. */
export async function cleanUp(): Promise<void> {
  for (const child of children) {
    // A frozen process hears no other signal.
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  for (const home of homes) {
    await stopDetached(home);
    rmSync(path.dirname(home), { recursive: true, force: true, maxRetries: 5 });
  }
  homes.clear();
}

/** The host that a client has started outlives that client. */
async function stopDetached(home: string): Promise<void> {
  const lsp = await openLsp(home).catch(() => null);
  if (!lsp) return;
  // It may be ending already.
  await lsp.request(stopRequest, {}).catch(() => {});
  await settled('end of the detached host', lsp.ended);
}

/** Without what the developer's own machine and shell say about VRAMesh: no GPU, and llama.cpp on the CPU. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('VRAMESH_'));
  return {
    ...Object.fromEntries(foreign),
    VRAMESH_NVML_LIBRARY: path.resolve('no-such-folder/libnvidia-ml.so.1'),
    VRAMESH_BACKEND: 'cpu',
  };
}

async function readyLine(child: ChildProcess): Promise<ReadyLine> {
  if (!child.stdout) throw new Error('The host has no stdout.');
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
  throw new Error('The host printed nothing.');
}
