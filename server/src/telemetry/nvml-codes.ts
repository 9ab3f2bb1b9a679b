/** The numbers of nvml.h that this part uses, and what the throttle bits mean in words. */

export const SUCCESS = 0;
export const UNINITIALIZED = 1;
export const INVALID_ARGUMENT = 2;
export const NO_PERMISSION = 4;
export const INSUFFICIENT_SIZE = 7;
export const DRIVER_NOT_LOADED = 9;
export const IRQ_ISSUE = 11;
export const FUNCTION_NOT_FOUND = 13;
export const GPU_IS_LOST = 15;
export const RESET_REQUIRED = 16;
export const OPERATING_SYSTEM = 17;
export const LIBRARY_MISMATCH = 18;
export const GPU_NOT_FOUND = 28;
export const UNKNOWN = 999;

// Arguments that select a sensor, threshold, clock or counter.
export const SENSOR_GPU = 0;
export const THRESHOLD_SHUTDOWN = 0;
export const THRESHOLD_SLOWDOWN = 1;
export const CLOCK_GRAPHICS = 0;
export const CLOCK_SM = 1;
export const CLOCK_MEMORY = 2;
export const CLOCK_VIDEO = 3;
export const PCIE_TX = 0;
export const PCIE_RX = 1;
export const ECC_CORRECTED = 0;
export const ECC_UNCORRECTED = 1;
export const ECC_SINCE_DRIVER_LOAD = 0;

const throttleReasons: readonly (readonly [bit: bigint, words: string])[] = [
  [0x1n, 'idle'],
  [0x2n, 'application clocks setting'],
  [0x4n, 'software power cap'],
  [0x8n, 'hardware slowdown'],
  [0x10n, 'sync boost'],
  [0x20n, 'software thermal slowdown'],
  [0x40n, 'hardware thermal slowdown'],
  [0x80n, 'hardware power brake'],
  [0x100n, 'display clock setting'],
];

/** NVML's clocks-event-reasons mask in words; a bit that is newer than this list is given by its number. */
export function throttleWords(mask: bigint): string[] {
  const words = throttleReasons.filter(([bit]) => mask & bit).map(([, text]) => text);
  const unknown = throttleReasons.reduce((rest, [bit]) => rest & ~bit, mask);
  return unknown ? [...words, `unknown (0x${unknown.toString(16)})`] : words;
}
