/** Why NVML gives no GPU, in words, with what to do about it. Shown by `doctor` and in the status tooltip. */
import * as nvml from './nvml-codes';

export const noNvidiaGpu = 'No NVIDIA GPU was found in this machine.';

export const noDevices =
  'The NVIDIA driver is loaded but lists no GPU that this user may use. In a container, start it with access to the GPU ' +
  '(docker: --gpus all).';

/** `chosen` is the library named by VRAMESH_NVML_LIBRARY; `gpuOnBus` whether the machine lists an NVIDIA GPU (null: unknown). */
export function libraryProblem(
  error: unknown,
  chosen: string | undefined,
  gpuOnBus: boolean | null,
  platform: NodeJS.Platform,
): string {
  const reason = error instanceof Error ? error.message : String(error);
  if (chosen) {
    return `VRAMESH_NVML_LIBRARY names ${chosen}, which cannot be loaded (${reason}). Correct the path, or unset it.`;
  }
  if (platform !== 'linux' && platform !== 'win32')
    return 'NVIDIA GPUs are not supported on this operating system.';
  if (gpuOnBus) {
    return `This machine has an NVIDIA GPU, but NVIDIA's driver library cannot be loaded (${reason}). Install NVIDIA's driver, version 525 or newer.`;
  }
  return `NVIDIA's driver library cannot be loaded (${reason}). If this machine has an NVIDIA GPU, install NVIDIA's driver, version 525 or newer.`;
}

/** For a code of `nvmlInit_v2`, or of a call without which no GPU can be listed. */
export function initProblem(code: number, platform: NodeJS.Platform): string {
  const linux = platform === 'linux';
  switch (code) {
    case nvml.DRIVER_NOT_LOADED:
      return linux
        ? 'The NVIDIA driver is installed but not loaded (NVML error 9). Load it with "sudo modprobe nvidia", or restart. ' +
            'If that fails, reinstall the driver for the running kernel; with Secure Boot on, its module must be signed.'
        : 'The NVIDIA driver is installed but not running (NVML error 9). Restart the machine, or reinstall the driver.';
    case nvml.LIBRARY_MISMATCH:
      return linux
        ? "NVIDIA's driver and its library have different versions (NVML error 18), as after an update. Restart the machine, " +
            'or unload and load the nvidia kernel modules again.'
        : "NVIDIA's driver and its library have different versions (NVML error 18), as after an update. Restart the machine.";
    case nvml.NO_PERMISSION:
      return linux
        ? 'This user may not use the NVIDIA driver (NVML error 4). Check who may open /dev/nvidiactl and /dev/nvidia0.'
        : 'This user may not use the NVIDIA driver (NVML error 4).';
    case nvml.FUNCTION_NOT_FOUND:
      return 'The NVIDIA driver is too old: its library lacks what VRAMesh needs (NVML error 13). Install version 525 or newer.';
    case nvml.GPU_IS_LOST:
    case nvml.RESET_REQUIRED:
      return `The GPU has fallen off the bus or must be reset (NVML error ${code}). Restart the machine; if it comes back, check power and seating.`;
    default:
      return `The NVIDIA driver could not be initialised (NVML error ${code}). Run nvidia-smi to see whether the driver works, and restart the machine if it does not.`;
  }
}
