/** A folder of small text files, such as the kernel's /sys and /proc, in a temporary place. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Tree {
  root: string;
  /** Writes files by their path below the root. */
  write(files: Record<string, string>): void;
  remove(): void;
}

export function createTree(files: Record<string, string> = {}): Tree {
  const root = mkdtempSync(path.join(os.tmpdir(), 'vramesh-tree-'));
  function write(more: Record<string, string>): void {
    for (const [file, text] of Object.entries(more)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
  }
  write(files);
  return { root, write, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** What Linux shows of one NVIDIA GPU on the PCI bus; `sleptMs`: how long it slept since the machine started. */
export function nvidiaOnBus(
  busId: string,
  runtimeStatus: 'active' | 'suspended',
  sleptMs = 0,
): Record<string, string> {
  const device = `sys/bus/pci/devices/${busId}`;
  return {
    [`${device}/vendor`]: '0x10de\n',
    [`${device}/class`]: '0x030000\n',
    [`${device}/power/control`]: 'auto\n',
    [`${device}/power/runtime_status`]: `${runtimeStatus}\n`,
    [`${device}/power/runtime_suspended_time`]: `${sleptMs}\n`,
  };
}
