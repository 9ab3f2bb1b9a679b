/**
 * A network of machines in one: Linux network namespaces, each with an interface of its own, on one bridge. Needs root
 * (in a container, too) and iproute2, which the project's setup installs.
 */
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';

let made = 0;

export interface Machine {
  /** For `startHost`. */
  readonly namespace: string;
  readonly address: string;
  /** Pulls the cable, or puts it back in. */
  cable(state: 'in' | 'out'): void;
  /** For `mute`. */
  readonly mac: string;
  /** It hears the other one, and is not heard by it over any protocol: the switch looks for the other one on its own port. */
  mute(other: Machine, muted: boolean): void;
  /** Gives it another address. */
  moveTo(address: string): void;
  ip(...args: string[]): void;
}

export interface MachineOptions {
  readonly ipv6Only?: boolean;
  readonly defaultRoute?: boolean;
  /** Each way, on top of what the kernel takes. */
  readonly delayMs?: number;
}

export interface Network {
  machine(options?: MachineOptions): Machine;
  close(): void;
}

export function createNetwork(): Network {
  made += 1;
  const prefix = `vm${process.pid % 100_000}n${made}`;
  const hub = `${prefix}hub`;
  const namespaces: string[] = [];
  const cleanUps = [() => run('ip', 'netns', 'delete', hub)];
  run('ip', 'netns', 'add', hub);
  run('ip', '-n', hub, 'link', 'add', 'bridge', 'type', 'bridge');
  run('ip', '-n', hub, 'link', 'set', 'bridge', 'up');

  return {
    machine({ ipv6Only = false, defaultRoute = false, delayMs = 0 } = {}) {
      const number = namespaces.length + 1;
      const namespace = `${prefix}m${number}`;
      namespaces.push(namespace);
      run('ip', 'netns', 'add', namespace);
      cleanUps.push(() => run('ip', 'netns', 'delete', namespace));
      const port = `port${number}`;
      const mac = `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
      run('ip', '-n', hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
      let bridge = 'bridge';
      if (delayMs > 0) {
        bridge = `slow${number}`;
        run('ip', '-n', hub, 'link', 'add', bridge, 'type', 'bridge');
        run('ip', '-n', hub, 'link', 'set', bridge, 'up');
        cleanUps.push(slowCable(hub, `cable${number}`, bridge, delayMs));
      }
      run('ip', '-n', hub, 'link', 'set', port, 'master', bridge, 'up');
      const ip = (...args: string[]) => run('ip', '-n', namespace, ...args);
      ip('link', 'set', 'eth0', 'address', mac);
      // Nobody else has such an address here: it need not be tried first.
      run(
        'ip',
        'netns',
        'exec',
        namespace,
        'sysctl',
        '-qw',
        'net.ipv6.conf.all.accept_dad=0',
        'net.ipv6.conf.default.accept_dad=0',
        'net.ipv6.conf.eth0.accept_dad=0',
      );
      ip('link', 'set', 'lo', 'up');
      let address = `10.77.0.${number}`;
      if (!ipv6Only) ip('address', 'add', `${address}/24`, 'dev', 'eth0');
      ip('link', 'set', 'eth0', 'up');
      if (defaultRoute) ip('route', 'add', 'default', 'via', '10.77.0.254');
      return {
        namespace,
        mac,
        get address() {
          return address;
        },
        cable: (state) => run('ip', '-n', hub, 'link', 'set', port, state === 'in' ? 'up' : 'down'),
        mute({ mac: other }, muted) {
          const change = muted
            ? ['replace', other, 'dev', port, 'master', 'static', 'sticky']
            : ['del', other, 'dev', port, 'master'];
          run('bridge', '-n', hub, 'fdb', ...change);
        },
        moveTo(next) {
          ip('address', 'del', `${address}/24`, 'dev', 'eth0');
          ip('address', 'add', `${next}/24`, 'dev', 'eth0');
          address = next;
        },
        ip,
      };
    },
    close() {
      for (const cleanUp of cleanUps.reverse()) cleanUp();
    },
  };
}

/** From a bridge to the one of all; ends by the function that is returned, and with this process. */
function slowCable(hub: string, name: string, bridge: string, delayMs: number): () => void {
  const args = [path.resolve('test/support/slow-cable.mjs'), name, bridge, 'bridge', String(delayMs)];
  const cable = spawn('ip', ['netns', 'exec', hub, process.execPath, ...args], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return () => void cable.stdin?.destroy();
}

/** Throws with what the tool said. */
function run(tool: string, ...args: string[]): void {
  execFileSync(tool, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
