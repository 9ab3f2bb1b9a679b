/** `GET /gpu/info`: the GPUs of every node at a glance. `_mb` means MiB. */
import * as z from 'zod';
import { gpuSchema } from './gpu';

const mib = z.number().nonnegative();

export const gpuInfoSchema = z
  .object({
    cluster_summary: z.object({
      total_nodes: z.number().int(),
      gpu_nodes: z.number().int(),
      total_vram_mb: mib,
      total_vram_available_mb: mib,
      gpu_aware_placement_enabled: z.boolean(),
    }),
    nodes: z.array(
      z.object({
        node_id: z.string(),
        has_gpu: z.boolean(),
        gpu_count: z.number().int(),
        device_name: z.string().nullable().describe('of the first GPU'),
        vram_total_mb: mib.nullable(),
        vram_available_mb: mib.nullable(),
        vram_used_mb: mib.nullable(),
        driver_version: z.string().nullable(),
        cuda_version: z.string().nullable(),
        gpu_usage_percent: z.number().nullable(),
        gpu_temp_celsius: z.number().nullable(),
        gpus: z.array(gpuSchema),
      }),
    ),
  })
  .meta({ title: 'GpuInfo', description: 'GPU summary of the cluster and of each node; mb = MiB.' });
export type GpuInfo = z.infer<typeof gpuInfoSchema>;
