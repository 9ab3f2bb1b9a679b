/**
 * PCIe throughput, read on another thread: NVML sleeps about 20 ms in each of these calls while it counts. One call at
 * a time, so that a machine with many GPUs does not take up the process's few worker threads.
 */
import { PCIE_RX, PCIE_TX, SUCCESS } from './nvml-codes';
import type { NvmlDevice } from './nvml-device';
import type { NvmlLibrary } from './nvml-library';
import type { AsideReadings } from './nvml-readings';

export interface ThroughputReader {
  /** The last answers for a device; null until there are some. */
  of(device: NvmlDevice): AsideReadings;
  /** Starts a round over these devices, unless one is under way. */
  refresh(devices: readonly NvmlDevice[]): void;
  /** Ends a round after the call that is under way: NVML must not be shut down before. */
  stop(): Promise<void>;
}

const unknown: AsideReadings = { pcie_rx_bytes_per_second: null, pcie_tx_bytes_per_second: null };

export function createThroughputReader(library: NvmlLibrary): ThroughputReader {
  const answers = new WeakMap<NvmlDevice, AsideReadings>();
  const out = Buffer.alloc(4);
  let round: Promise<void> | null = null;
  let stopped = false;

  async function bytesPerSecond(device: NvmlDevice, counter: number): Promise<number | null> {
    const code = await library.callAside('nvmlDeviceGetPcieThroughput', device.handle, counter, out);
    return code === SUCCESS ? out.readUInt32LE(0) * 1024 : null;
  }

  async function readAll(devices: readonly NvmlDevice[]): Promise<void> {
    for (const device of devices) {
      if (stopped) return;
      const pcie_rx_bytes_per_second = await bytesPerSecond(device, PCIE_RX);
      if (stopped) return;
      const pcie_tx_bytes_per_second = await bytesPerSecond(device, PCIE_TX);
      answers.set(device, { pcie_rx_bytes_per_second, pcie_tx_bytes_per_second });
    }
  }

  return {
    of: (device) => answers.get(device) ?? unknown,
    refresh(devices) {
      if (round || stopped || devices.length === 0) return;
      // A call that cannot be made leaves the readings unknown.
      round = readAll(devices)
        .catch(() => undefined)
        .finally(() => {
          round = null;
        });
    },
    async stop() {
      stopped = true;
      await round;
    },
  };
}
