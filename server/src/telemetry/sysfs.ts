/** The kernel's attribute files: one short text each. What is not there, or cannot be read, is null. */
import { readdirSync, readFileSync } from 'node:fs';

export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

/** A number, decimal or with 0x. */
export function readNumber(file: string): number | null {
  const text = readText(file);
  const value = Number(text || Number.NaN);
  return Number.isSafeInteger(value) ? value : null;
}

/** Sorted names; empty where there is no such folder. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
