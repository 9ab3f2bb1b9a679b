/** Whether the disk can hold what is still to come. */
import { statfs } from 'node:fs/promises';

/** Stays free for everybody else on that disk. */
const marginBytes = 512 * 1024 ** 2;

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** In words, with how much is missing; `null`: it fits. */
export function spaceProblem(neededBytes: number, free: number): string | null {
  const missing = neededBytes + marginBytes - free;
  if (missing <= 0) return null;
  return `The disk is too small: ${gib(neededBytes)} are still to be fetched, ${gib(free)} are free, and ${gib(marginBytes)} must stay free. Make room for ${gib(missing)} more.`;
}

function gib(bytes: number): string {
  const amount = bytes / 1024 ** 3;
  return `${amount.toFixed(amount < 10 ? 1 : 0)} GiB`;
}
