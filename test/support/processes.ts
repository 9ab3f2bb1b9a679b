/** Processes, as the kernel lists them. Linux only. */
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
