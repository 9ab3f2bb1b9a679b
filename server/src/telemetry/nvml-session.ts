/** One initialised NVML: what `nvmlInit` gave, until `nvmlShutdown`. Handles are valid no longer than that. */
import { FUNCTION_NOT_FOUND, NO_PERMISSION, SUCCESS } from './nvml-codes';
import { createNvmlDevice, type NvmlDevice, textIn } from './nvml-device';
import type { NvmlLibrary } from './nvml-library';
import { createProcessReader, type ProcessReader } from './nvml-processes';
import { createThroughputReader, type ThroughputReader } from './nvml-throughput';

/** A driver that lists more than this is not believed. */
const mostDevices = 256;

/** A place in the driver's list; without a device the driver cannot reach what is there. */
export interface ListedDevice {
  nvmlIndex: number;
  device: NvmlDevice | null;
}

export interface NvmlSession {
  readonly driverVersion: string | null;
  /** "12.2" */
  readonly cudaVersion: string | null;
  readonly devices: readonly ListedDevice[];
  readonly processes: ProcessReader;
  readonly throughput: ThroughputReader;
  /** Asks for a lost device again. */
  reach(uuid: string | null, nvmlIndex: number): NvmlDevice | null;
  /** Shuts NVML down as soon as no call is under way. */
  close(): Promise<void>;
}

/**
 * Returns NVML's code when there is no session to be had.
 * @param initCode what `nvmlInit_v2` has answered.
 */
export function openSession(library: NvmlLibrary, initCode: number): NvmlSession | number {
  if (initCode !== SUCCESS) return initCode;
  const out = Buffer.alloc(80);

  function versionText(): string | null {
    return library.call('nvmlSystemGetDriverVersion', out, out.length) === SUCCESS ? textIn(out) : null;
  }

  function cudaText(): string | null {
    let code = library.call('nvmlSystemGetCudaDriverVersion_v2', out);
    if (code === FUNCTION_NOT_FOUND) code = library.call('nvmlSystemGetCudaDriverVersion', out);
    const version = out.readInt32LE(0);
    return code === SUCCESS ? `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}` : null;
  }

  const deviceIn = () => createNvmlDevice(library, out.readBigUInt64LE(0));

  function list(count: number): ListedDevice[] {
    const listed: ListedDevice[] = [];
    for (let nvmlIndex = 0; nvmlIndex < Math.min(count, mostDevices); nvmlIndex++) {
      const code = library.call('nvmlDeviceGetHandleByIndex_v2', nvmlIndex, out);
      if (code === NO_PERMISSION) continue; // Given to another container.
      listed.push({ nvmlIndex, device: code === SUCCESS ? deviceIn() : null });
    }
    return listed;
  }

  const countCode = library.call('nvmlDeviceGetCount_v2', out);
  if (countCode !== SUCCESS) {
    library.call('nvmlShutdown');
    return countCode;
  }
  const devices = list(out.readUInt32LE(0));
  const driverVersion = versionText();
  const throughput = createThroughputReader(library);

  return {
    driverVersion,
    cudaVersion: cudaText(),
    devices,
    processes: createProcessReader(library, driverVersion),
    throughput,
    reach(uuid, nvmlIndex) {
      const code = uuid
        ? library.call('nvmlDeviceGetHandleByUUID', uuid, out)
        : library.call('nvmlDeviceGetHandleByIndex_v2', nvmlIndex, out);
      return code === SUCCESS ? deviceIn() : null;
    },
    async close() {
      await throughput.stop();
      library.call('nvmlShutdown');
    },
  };
}
