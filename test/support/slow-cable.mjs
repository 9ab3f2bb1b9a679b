/**
 * A cable that takes time: joins two bridges of its network namespace by a TAP device each, and hands every frame on
 * after a delay. For kernels without `netem`. It ends with its standard input. Usage:
 * node slow-cable.mjs NAME BRIDGE BRIDGE MS
 */
import { execFileSync } from 'node:child_process';
import { openSync, read, write } from 'node:fs';
import koffi from 'koffi';

const [label, near, far, delay] = process.argv.slice(2);
const frameLimit = 65_536;
// linux/if_tun.h: a request is the name, 16 bytes, and the flags IFF_TAP | IFF_NO_PI.
const TUNSETIFF = 0x400454ca;
const flags = 0x0002 | 0x1000;
const ioctl = koffi.load(null).func('int ioctl(int fd, unsigned long request, uint8_t *argument)');

function plugIn(name, bridge) {
  const fd = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(40);
  request.write(name);
  request.writeUInt16LE(flags, 16);
  if (ioctl(fd, TUNSETIFF, request) !== 0) throw new Error(`no TAP device ${name}`);
  execFileSync('ip', ['link', 'set', name, 'master', bridge, 'up']);
  return fd;
}

/** Frames stay in order: each waits as long as every other. */
function carry(from, to) {
  read(from, Buffer.alloc(frameLimit), 0, frameLimit, null, (error, length, frame) => {
    if (error) throw error;
    // A bridge that is down takes nothing: a frame is lost, as on any cable.
    setTimeout(() => write(to, frame, 0, length, () => {}), Number(delay));
    carry(from, to);
  });
}

process.stdin.on('end', () => process.exit()).resume();
const [a, b] = [plugIn(`${label}a`, near), plugIn(`${label}b`, far)];
carry(a, b);
carry(b, a);
