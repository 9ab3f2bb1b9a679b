/**
 * One GPU as its driver describes it. Every reading is `null` where the device, the driver or the operating system
 * does not report it: an unknown value is never 0.
 */
import * as z from 'zod';

const bytes = z.number().int().nonnegative();
const percent = z.number().min(0).max(100);

export const gpuProcessSchema = z
  .object({
    pid: z.number().int(),
    name: z.string().nullable().describe('executable name; null when the process belongs to somebody else'),
    vram_used: bytes.nullable().describe('bytes; null under WDDM and in some containers'),
    kind: z.enum(['compute', 'graphics', 'both']),
  })
  .meta({ title: 'GpuProcess', description: 'A process that holds memory on a GPU.' });
export type GpuProcess = z.infer<typeof gpuProcessSchema>;

export const gpuSchema = z
  .object({
    index: z.number().int().nonnegative().describe('position in this node, stable while the host runs'),
    uuid: z.string().nullable(),
    name: z.string(),
    vendor: z.enum(['nvidia', 'amd', 'intel', 'other']),
    source: z.enum(['nvml', 'drm']).describe('who reported it: NVML, or /sys/class/drm for other vendors'),
    status: z
      .enum(['ok', 'lost', 'asleep'])
      .describe('lost: fell off the bus, readings are null; asleep: a laptop GPU that was left sleeping'),
    pci_bus_id: z.string().nullable().describe('domain:bus:device.function'),

    vram_total: bytes.nullable().describe('bytes'),
    vram_free: bytes.nullable().describe('bytes'),
    vram_used: bytes.nullable().describe('bytes, without the driver’s own reserve where that is known'),
    vram_reserved: bytes.nullable().describe('bytes that the driver keeps; null before driver 510'),

    temp: z.number().nullable().describe('°C'),
    temp_slowdown: z.number().nullable().describe('°C at which the clocks are lowered'),
    temp_shutdown: z.number().nullable().describe('°C at which the GPU switches off'),
    power_watts: z.number().nonnegative().nullable(),
    power_limit_watts: z.number().nonnegative().nullable(),
    gpu_usage: percent.nullable().describe('% of the last sample period in which a kernel ran'),
    memory_usage: percent
      .nullable()
      .describe('% of the last sample period in which memory was read or written'),
    fan_percent: z.number().nonnegative().nullable().describe('% of full speed; some boards report over 100'),
    performance_state: z.number().int().min(0).max(15).nullable().describe('P0 (fastest) to P15'),
    throttle_reasons: z
      .array(z.string())
      .nullable()
      .describe('in words; empty: nothing holds the clocks back'),

    clock_graphics_mhz: z.number().nonnegative().nullable(),
    clock_sm_mhz: z.number().nonnegative().nullable(),
    clock_memory_mhz: z.number().nonnegative().nullable(),
    clock_video_mhz: z.number().nonnegative().nullable(),
    clock_memory_max_mhz: z.number().nonnegative().nullable(),
    memory_bus_width_bits: z.number().int().positive().nullable(),

    pcie_generation: z.number().int().positive().nullable().describe('of the link as it runs now'),
    pcie_generation_max: z.number().int().positive().nullable(),
    pcie_width: z.number().int().positive().nullable().describe('lanes in use'),
    pcie_width_max: z.number().int().positive().nullable(),
    pcie_rx_bytes_per_second: z.number().nonnegative().nullable().describe('host to GPU'),
    pcie_tx_bytes_per_second: z.number().nonnegative().nullable().describe('GPU to host'),

    compute_capability: z.string().nullable().describe('"8.6"'),
    ecc_enabled: z.boolean().nullable(),
    ecc_corrected: z.number().int().nonnegative().nullable().describe('errors since the driver was loaded'),
    ecc_uncorrected: z.number().int().nonnegative().nullable().describe('errors since the driver was loaded'),
    mig_enabled: z.boolean().nullable().describe('Multi-Instance GPU mode'),
    processes: z.array(gpuProcessSchema).nullable(),
  })
  .meta({ title: 'Gpu', description: 'One GPU of a node: identity and its latest readings.' });
export type Gpu = z.infer<typeof gpuSchema>;
