/** The state document: what `GET /state` answers and what `vramesh/state` carries to every window. */
import * as z from 'zod';
import { completionMeasuresSchema } from './completion';
import { gpuSchema } from './gpu';
import { instanceSchema } from './instance';
import { leasedMemorySchema, lentShardSchema } from './mesh-shard';
import { downloadSchema } from './model';
import { linkStatusSchema } from './roster';

const bytes = z.number().int().nonnegative();

export const nodeMemorySchema = z
  .object({
    ram_total: bytes,
    ram_available: bytes,
    swap_total: bytes.nullable().describe('null where the system does not tell: macOS and Windows'),
    swap_available: bytes.nullable(),
    gpu_vram_total: bytes.nullable().describe('sum over the GPUs that report it; null without a GPU'),
    gpu_vram_available: bytes.nullable(),
    gpu_vram_used: bytes.nullable(),
  })
  .meta({ title: 'NodeMemory', description: 'RAM and VRAM of a node, in bytes.' });
export type NodeMemory = z.infer<typeof nodeMemorySchema>;

export const nodeSystemSchema = z
  .object({
    gpu_count: z.number().int().nonnegative(),
    gpu_names: z.array(z.string()),
    gpu_usage: z.number().nullable().describe('%, mean over the GPUs that report it'),
    temp: z.number().nullable().describe('°C of the hottest GPU'),
    gpu_power_watts: z.number().nullable().describe('sum over the GPUs that report it'),
    cpu_usage: z.number().nullable().describe('% of all cores; null until two samples were taken'),
  })
  .meta({ title: 'NodeSystem', description: 'Summary readings of a node.' });
export type NodeSystem = z.infer<typeof nodeSystemSchema>;

export const nodeProfileSchema = z
  .object({
    memory: nodeMemorySchema,
    system: nodeSystemSchema,
    gpus: z.array(gpuSchema),
    driver_version: z.string().nullable(),
    cuda_version: z.string().nullable().describe('highest that the driver supports, "12.2"'),
    gpu_problem: z.string().nullable().describe('why NVML gave no GPU, in words; null when it did'),
    sampled_at: z.number().int().describe('ms since 1970'),
  })
  .meta({ title: 'NodeProfile', description: 'What a node’s hardware reports.' });
export type NodeProfile = z.infer<typeof nodeProfileSchema>;

export const nodeSchema = z
  .object({
    node_id: z.string(),
    name: z.string().describe('host name'),
    version: z.string().describe('of VRAMesh'),
    status: linkStatusSchema,
    requests: z.number().int().nonnegative().describe('completions that its engines are working on'),
    node_profile: nodeProfileSchema,
    addresses: z
      .array(z.string())
      .describe('where it listens, or was last seen, the best first; empty: it does not listen'),
    lent: z.array(lentShardSchema).describe('its devices that engines of other nodes use'),
    leased: z.array(leasedMemorySchema).describe('promised to models and not taken yet, of its devices'),
  })
  .meta({ title: 'Node', description: 'A host as others see it.' });
export type Node = z.infer<typeof nodeSchema>;

export const connectionSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    round_trip_ms: z.number().nonnegative().nullable(),
    bytes_per_second: z.number().nonnegative().nullable().describe('throughput, as it was measured last'),
  })
  .meta({ title: 'Connection', description: 'A link between two nodes.' });
export type Connection = z.infer<typeof connectionSchema>;

export const stateSchema = z
  .object({
    topology: z.object({
      nodes: z.array(nodeSchema),
      connections: z.array(connectionSchema).describe('links between this node and others'),
    }),
    instances: z.array(instanceSchema),
    completing: z
      .string()
      .nullable()
      .describe('id of the instance that answers completions as things are; null: none can'),
    completions: completionMeasuresSchema.describe('of this host'),
    downloads: z.array(downloadSchema),
    cuda_missing: z
      .boolean()
      .optional()
      .describe(
        'this node has an NVIDIA GPU, and `vramesh/installRuntime` would fetch what it lacks for CUDA',
      ),
  })
  .meta({ title: 'State', description: 'Everything that VRAMesh knows right now.' });
export type State = z.infer<typeof stateSchema>;

/** What people call the machine of this id; `null`: it is the one that answers, or not known. */
export function machineOf(nodeId: string, { topology: { nodes } }: State): string | null {
  const node = nodes.find(({ node_id }) => node_id === nodeId);
  return node === undefined || node.status === 'this' ? null : node.name;
}
