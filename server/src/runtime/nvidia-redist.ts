/** NVIDIA's redistributable libraries: a manifest per release of CUDA names each archive with its size and SHA-256. */
import * as z from 'zod';
import { type Asking, ask, Refused } from '../fetching';

const publicSource = 'https://developer.download.nvidia.com/compute/cuda/redist/';

/** By major version. 13.1.1 is what llama.cpp's CUDA backend was built with; a later driver of the same major version runs them all. */
const releases: Readonly<Record<number, string>> = { 12: '12.9.1', 13: '13.1.1' };

const archiveSchema = z.object({
  version: z.string().regex(/^[\d.]{1,40}$/),
  'linux-x86_64': z.object({
    relative_path: z
      .string()
      .regex(/^[\w.-]+(\/[\w.-]+)*\.tar\.xz$/)
      .refine((path) => !path.split('/').includes('..')),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    size: z.string().regex(/^\d{1,12}$/),
  }),
});
const manifestSchema = z.object({ cuda_cudart: archiveSchema, libcublas: archiveSchema });

export interface LibraryArchive {
  readonly name: string;
  readonly version: string;
  readonly url: URL;
  readonly bytes: number;
  readonly sha256: string;
  /** File names that it must hold, without the version. */
  readonly libraries: readonly string[];
}

/** `VRAMESH_CUDA_SOURCE`: a mirror. */
export function redistSource(env: NodeJS.ProcessEnv): URL {
  const set = env.VRAMESH_CUDA_SOURCE?.trim() || publicSource;
  if (!URL.canParse(set))
    throw new Error(`VRAMESH_CUDA_SOURCE is "${set.slice(0, 100)}", which is not an address.`);
  return new URL(set.replace(/\/*$/, '/'));
}

/** Rejects in words. */
export async function findLibraries(
  cuda: number,
  source: URL,
  asking: Asking,
  signal: AbortSignal,
): Promise<LibraryArchive[]> {
  const release = releases[cuda];
  if (release === undefined) throw new Refused(`There is no known release of CUDA ${cuda}.`);
  const address = new URL(`redistrib_${release}.json`, source);
  const answer = await ask(asking, signal, (inTime) => asking.client.json(address, inTime));
  const manifest = manifestSchema.safeParse(answer);
  if (!manifest.success)
    throw new Refused(
      `${source.host} does not describe CUDA ${release} as NVIDIA does. Nothing was fetched.`,
    );
  const { cuda_cudart, libcublas } = manifest.data;
  const archive = (name: string, { version, ...on }: z.infer<typeof archiveSchema>, libraries: string[]) => {
    const { relative_path, sha256, size } = on['linux-x86_64'];
    return { name, version, url: new URL(relative_path, source), bytes: Number(size), sha256, libraries };
  };
  return [
    archive('cudart', cuda_cudart, ['libcudart']),
    archive('cublas', libcublas, ['libcublas', 'libcublasLt']),
  ];
}
