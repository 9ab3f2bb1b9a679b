/** What a backend's driver takes on each GPU for a process, beside llama.cpp's buffers. Nobody tells it beforehand. */
import type { Backend } from '#protocol';

const MIB = 2 ** 20;

/**
 * Bytes per GPU in use.
 * - CUDA: its context, the kernels and cuBLAS' workspace: about 460 MiB.
 * - Vulkan: the pipelines, staging buffers and descriptor pools. No driver that we could measure tells it apart (Mesa's
 *   software device has all in RAM); 128 MiB is meant to be on the safe side.
 * - Metal: memory is shared with the CPU; pipelines and command buffers take some tens of MiB.
 */
export const contextOverheadBytes: Readonly<Record<Backend, number>> = {
  cuda: 460 * MIB,
  vulkan: 128 * MIB,
  metal: 64 * MIB,
  cpu: 0,
};
