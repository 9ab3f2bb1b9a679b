/**
 * Replaces a file whole or not at all, also when the power is cut: the new bytes are on the disk before they have its name.
 * Who writes one file several times writes in turn.
 */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';

export async function replaceFile(path: string, text: string): Promise<void> {
  const handle = await open(temporary(path), 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary(path), path);
}

/** For what is small and written seldom: nothing else happens meanwhile. */
export function replaceFileSync(path: string, text: string): void {
  const file = openSync(temporary(path), 'w', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary(path), path);
}

function temporary(path: string): string {
  return `${path}.new`;
}
