/**
 * Leases: memory of this node's devices that is promised to one placement. What a driver calls free does not know of
 * engines that are still loading, so whatever is granted but not yet taken is taken off it. The owner of a device is
 * the only authority on it: everything here is decided in one step, so of two that ask at once one is refused.
 */
import type { LeasedMemory, Preview } from '#protocol';

export interface Claim {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly bytes: number;
  /**
   * The part that the device goes on calling free although it is in use: weights that are mapped from a file count as
   * available RAM.
   */
  readonly mappedBytes: number;
}

export interface Lease {
  /** The memory has been taken: from now on the device's own reading tells of it. */
  settle(): void;
  /** The memory was given back, and is kept for this owner until it returns. */
  park(): void;
  release(): void;
}

type Phase = 'promised' | 'settled' | 'parked';

interface Entry {
  readonly owner: string;
  readonly claims: readonly Claim[];
  phase: Phase;
}

export class Leases {
  readonly #entries = new Set<Entry>();
  readonly #freeBytes: (deviceId: string) => number | null;

  /** @param freeBytes of a device now, as its driver says; `null`: the device has gone */
  constructor(freeBytes: (deviceId: string) => number | null) {
    this.#freeBytes = freeBytes;
  }

  /** @throws in words, with how much is missing where, when one of the devices cannot hold its claim. */
  grant(owner: string, claims: readonly Claim[]): Lease {
    for (const { deviceId, deviceName, bytes } of claims) {
      const live = this.#freeBytes(deviceId);
      if (live === null) throw new Error(`${deviceName} is not there any more. Choose another preview.`);
      const promised = this.promised(deviceId, owner);
      const free = Math.max(0, live - promised);
      if (bytes <= free) continue;
      const others = promised > 0 ? ` (${inMib(promised)} more are promised to other models)` : '';
      throw new Error(
        `${deviceName} has ${inMib(free)} free${others}, but ${inMib(bytes)} are needed: ` +
          `${inMib(bytes - free)} are missing. Remove a placed model or close a program that uses it, then place again.`,
      );
    }
    const entry: Entry = { owner, claims, phase: 'promised' };
    this.#entries.add(entry);
    return {
      settle: () => {
        entry.phase = 'settled';
      },
      park: () => {
        entry.phase = 'parked';
      },
      release: () => {
        this.#entries.delete(entry);
      },
    };
  }

  /** Bytes of a device that its driver calls free but that are spoken for, by others than `except`. */
  promised(deviceId: string, except?: string): number {
    return this.#sum(deviceId, (entry) => entry.owner !== except, outstanding);
  }

  /** The same of every device, for whoever shows it. */
  outstanding(): LeasedMemory[] {
    const devices = new Set(
      [...this.#entries].flatMap(({ claims }) => claims.map(({ deviceId }) => deviceId)),
    );
    return [...devices]
      .map((device_id) => ({ device_id, bytes: this.promised(device_id) }))
      .filter(({ bytes }) => bytes > 0);
  }

  /** Bytes of a device that are kept for those who are away, others than `except`: to an engine they look free. */
  parked(deviceId: string, except: string): number {
    return this.#sum(
      deviceId,
      (entry) => entry.owner !== except && entry.phase === 'parked',
      (claim) => claim.bytes,
    );
  }

  /** Bytes of a device that would be free if this owner let go of them. */
  heldBy(owner: string, deviceId: string): number {
    return this.#sum(
      deviceId,
      (entry) => entry.owner === owner && entry.phase === 'settled',
      (claim) => claim.bytes - claim.mappedBytes,
    );
  }

  #sum(
    deviceId: string,
    counts: (entry: Entry) => boolean,
    bytesOf: (claim: Claim, phase: Phase) => number,
  ): number {
    let sum = 0;
    for (const entry of this.#entries) {
      if (!counts(entry)) continue;
      for (const claim of entry.claims) if (claim.deviceId === deviceId) sum += bytesOf(claim, entry.phase);
    }
    return sum;
  }
}

/** What a placement takes of this node's devices. */
export function claimsOf(preview: Preview, nodeId: string): Claim[] {
  const own = preview.shares.filter((share) => share.node_id === nodeId);
  return own.map((share) => ({
    deviceId: share.device_id,
    deviceName: share.device_name,
    bytes: share.total_bytes,
    mappedBytes: share.gpu_index === null ? share.weights_bytes : 0,
  }));
}

function outstanding(claim: Claim, phase: Phase): number {
  return phase === 'settled' ? claim.mappedBytes : claim.bytes;
}

function inMib(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
