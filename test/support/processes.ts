/** Processes, as the kernel lists them and what it lets them do. Linux only. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The process ids of those that this one has started and that are still there. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
}

/** null: it has ended meanwhile, or waits to be buried. */
function parentOf(pid: number): number | null {
  try {
    // "pid (name) state ppid …": a name may hold anything.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}

/** How many files, sockets and pipes a process has open. */
export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Ports on which anybody listens in the network namespace of a process. */
export function listeningPorts(pid: number): number[] {
  const listens = '0A';
  const ports = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state]) => state === listens)
      .map(([, address = '']) => Number.parseInt(address.split(':').at(-1) ?? '', 16)),
  );
  return ports.sort((a, b) => a - b);
}

/** What a process of another user gets from a Unix socket: "connected", or the kernel's reason. Needs root. */
export function connectAsNobody(socket: string): string {
  const script = `require('node:net').connect(process.argv[1])
    .on('connect', () => { console.log('connected'); process.exit(); })
    .on('error', ({ code }) => console.log(code));`;
  const nobody = { uid: 65_534, gid: 65_534, cwd: '/' };
  return execFileSync(process.execPath, ['-e', script, socket], { ...nobody, encoding: 'utf8' }).trim();
}

/** Node processes whose environment names this home: the extension host, the host, its engines. */
export function processesUnder(home: string): { readonly pid: number; readonly script: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        const [, script] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const isOne = environment.includes(`VRAMESH_HOME=${home}`) && script !== undefined;
        return isOne ? [{ pid: Number(pid), script }] : [];
      } catch {
        // It has ended meanwhile, or is somebody else's.
        return [];
      }
    });
}

/** The host of this home; undefined: there is none. */
export function hostUnder(home: string): { readonly pid: number; readonly script: string } | undefined {
  return processesUnder(home).find(({ script }) => script.endsWith('/dist/vramesh.js'));
}
