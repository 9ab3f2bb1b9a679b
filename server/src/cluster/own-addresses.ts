/** Where other machines may find this one: every address of every interface, those that work most often first. */
import { networkInterfaces } from 'node:os';
import { writeAddress } from './wire/address';

const most = 16;
const watchMs = 2000;

export function ownAddresses(port: number): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = all.filter(({ internal }) => !internal);
  // A machine without a network still has itself: several hosts on it may form a cluster.
  return (outside.length > 0 ? outside : all)
    .filter(({ address }) => !isLinkLocal(address))
    .sort((a, b) => Number(a.family === 'IPv6') - Number(b.family === 'IPv6'))
    .slice(0, most)
    .map(({ address }) => writeAddress(address, port));
}

/** Returns how to stop. */
export function watchAddresses(onChange: () => void): () => void {
  let before = JSON.stringify(ownAddresses(0));
  const timer = setInterval(() => {
    const now = JSON.stringify(ownAddresses(0));
    if (now === before) return;
    before = now;
    onChange();
  }, watchMs).unref();
  return () => clearInterval(timer);
}

/** Such an address means something only together with an interface of who uses it: discovery knows those. */
function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}
