/** What keeps machines of a cluster apart: nobody listens, nobody is heard, a firewall, a NAT, a clock. Pure. */
import { type Check, discoveryPort, type Peer } from '#protocol';

export interface NetworkFacts {
  /** Where this machine listens; `null`: it belongs to no cluster. */
  readonly address: string | null;
  /** The port that was asked for; 0: any. */
  readonly wantedPort: number;
  readonly peers: readonly Peer[];
  /** Members that were heard by UDP lately; `null`: discovery is off. */
  readonly heard: readonly string[] | null;
  /** By node: ms by which its clock is ahead of this one's. */
  readonly clockOffsets: ReadonlyMap<string, number>;
  readonly platform: NodeJS.Platform;
  /** In the Windows Subsystem for Linux, behind its NAT. */
  readonly behindWslNat: boolean;
}

/** ms; documents are some seconds old when they are looked at. */
const clockTolerance = 60_000;

export function checkNetwork(facts: NetworkFacts): Check[] {
  if (facts.address === null) {
    const detail = 'this machine is alone, and listens to nobody';
    return [{ name: 'Cluster', status: 'ok', detail, advice: null }];
  }
  return [
    port(facts),
    discovery(facts),
    ...facts.peers.map((peer) => machine(peer, facts)),
    ...clocks(facts),
    ...(facts.behindWslNat ? [wsl] : []),
  ];
}

function port({ address, wantedPort }: NetworkFacts): Check {
  const used = Number(address?.split(':').at(-1));
  if (wantedPort === 0 || used === wantedPort) return ok('Peer port', `${address}`);
  return {
    name: 'Peer port',
    status: 'warning',
    detail: `port ${wantedPort} was in use, so others find this machine at ${used}`,
    advice:
      'End the program that uses it and restart the host, or allow the other port in the firewall, too.',
  };
}

function discovery({ heard, peers }: NetworkFacts): Check {
  if (heard === null)
    return ok('Discovery', 'switched off (--no-discovery): machines are found at known addresses only');
  const deaf = peers.filter(({ node_id, status }) => status === 'online' && !heard.includes(node_id));
  if (deaf.length === 0)
    return ok('Discovery', `${heard.length} of ${peers.length} machines are heard by UDP`);
  return {
    name: 'Discovery',
    status: 'warning',
    detail: `connected but not heard by UDP: ${names(deaf)}. This network passes no multicast between you`,
    advice:
      `Some Wi-Fi, VPNs, containers and virtual machines do not. Allow UDP ${discoveryPort} in the firewalls; or name an ` +
      'address that does not change in the setting vramesh.cluster.peers, or with "vramesh serve --peer".',
  };
}

function machine({ name, status, problem, addresses }: Peer, { platform }: NetworkFacts): Check {
  if (status !== 'gone') return ok('Machine', `${name} is ${status}`);
  const detail = `${name} is gone${problem === null ? '' : `: ${problem}`}`;
  const tcp = addresses[0]?.split(':').at(-1) ?? '52414';
  return {
    name: 'Machine',
    status: 'warning',
    detail,
    advice: `Is it on, with VRAMesh running? If so: ${firewall(platform, tcp)}`,
  };
}

function firewall(platform: NodeJS.Platform, tcp: string): string {
  switch (platform) {
    case 'darwin':
      return 'allow VS Code in System Settings › Privacy & Security › Local Network, and Node in Network › Firewall, on both.';
    case 'win32':
      return `allow it in the firewall of both: New-NetFirewallRule -DisplayName VRAMesh -Direction Inbound -Protocol TCP -LocalPort ${tcp} -Action Allow`;
    default:
      return `allow it in the firewall of both: "sudo ufw allow ${tcp}/tcp" and "sudo ufw allow ${discoveryPort}/udp", or the same with firewall-cmd.`;
  }
}

function clocks({ peers, clockOffsets }: NetworkFacts): Check[] {
  const off = peers.filter(({ node_id }) => Math.abs(clockOffsets.get(node_id) ?? 0) > clockTolerance);
  return off.map(({ name, node_id }) => ({
    name: 'Clock',
    status: 'warning' as const,
    detail: `that of ${name} differs by ${Math.round(Math.abs(clockOffsets.get(node_id) ?? 0) / 60_000)} min`,
    advice:
      'It does no harm to trust or completions; only times in logs do not match. Let both set their clocks by NTP.',
  }));
}

const wsl: Check = {
  name: 'WSL',
  status: 'warning',
  detail: 'this Linux is behind the NAT of Windows: other machines cannot reach it, it reaches them',
  advice: 'Set networkingMode=mirrored under [wsl2] in .wslconfig, and restart WSL.',
};

function names(peers: readonly Peer[]): string {
  return peers.map(({ name }) => name).join(', ');
}

function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, advice: null };
}
