/** What this machine is called among others: its host name, as far as a member may be called so. */
import { hostname } from 'node:os';

/** UTF-16 units, as `NodeName` in protocol/ has it; a host name can be longer on macOS. */
const longest = 128;

export function nodeName(name = hostname()): string {
  return name.slice(0, longest).replace(/[\p{Cc}\p{Cs}]/gu, '') || 'unnamed';
}
