/** Waiting for a condition instead of for a time. */
import { readFile } from 'node:fs/promises';

const everyMs = 20;
/** A condition that is still false after this long will not come true, not even on a busy machine. */
const limitMs = 45_000;

/** The first value that is neither false nor null nor undefined; rejects, naming `what`, when none comes. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
): Promise<Exclude<T, false | null | undefined>> {
  for (const deadline = Date.now() + limitMs; ; await new Promise((wake) => setTimeout(wake, everyMs))) {
    const value = await probe();
    if (value !== false && value !== null && value !== undefined) {
      return value as Exclude<T, false | null | undefined>;
    }
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs / 1000} s in vain: ${what}.`);
  }
}

/** Rejects, naming `what`, when the promise does not settle. */
export async function settled<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_fulfil, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${limitMs / 1000} s in vain: ${what}.`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Whether a process is there. One that has ended but was not yet collected by its parent is not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || !(await isZombie(pid));
}

async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null || /^\d+ \(.*\) Z /s.test(stat);
}
