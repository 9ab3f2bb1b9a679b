/** Whether this Linux runs in Windows, behind its NAT: then nobody outside can reach it. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

export function isBehindWslNat(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    if (!/microsoft/i.test(readFileSync('/proc/version', 'utf8'))) return false;
  } catch {
    return false;
  }
  // With mirrored networking it has the addresses of Windows instead.
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return addresses.some(
    ({ family, address }) => family === 'IPv4' && /^172\.(1[6-9]|2\d|3[01])\./.test(address),
  );
}
