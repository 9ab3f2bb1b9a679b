/** What the runtime consists of. Each component is fetched, checked and put in its place on its own: whole, or not at all. */
import type { Asking } from '../fetching';
import { findPackage, registryOf } from './npm-registry';
import { findLibraries, redistSource } from './nvidia-redist';

/** What this machine lacks to run llama.cpp on CUDA. */
export interface CudaLack {
  /** Major version. */
  readonly cuda: number;
  /** Names of npm packages. */
  readonly packages: readonly string[];
  /** Of these packages. */
  readonly version: string;
  /** File names. */
  readonly libraries: readonly string[];
}

export interface Component {
  /** For people. */
  readonly name: string;
  readonly url: URL;
  /** Packed; `null`: not told beforehand. */
  readonly bytes: number | null;
  readonly unpackedBytes: number;
  readonly hash: { readonly algorithm: 'sha256' | 'sha512'; readonly digest: Buffer };
  readonly compression: 'gzip' | 'xz';
  readonly rule: 'package' | 'libraries';
  /** Folder below that of the runtime. */
  readonly place: string;
  /** Files in it without which it is not what it should be. */
  readonly holds: readonly string[];
}

/** NVIDIA's archives hold static libraries, too, which are left in there. */
const unpackedPerPacked = 2;
const unpackedPackageBytes = 600e6;

/** Rejects in words. */
export async function componentsFor(
  lack: CudaLack,
  env: NodeJS.ProcessEnv,
  asking: Asking,
  signal: AbortSignal,
): Promise<Component[]> {
  const registry = lack.packages.length === 0 ? null : await registryOf(env);
  const packages =
    registry === null
      ? []
      : await Promise.all(
          lack.packages.map(async (name): Promise<Component> => {
            const found = await findPackage(name, lack.version, registry, asking, signal);
            return {
              name: `llama.cpp for CUDA (${name} ${lack.version})`,
              url: found.url,
              bytes: null,
              unpackedBytes: found.unpackedBytes ?? unpackedPackageBytes,
              hash: { algorithm: 'sha512', digest: found.sha512 },
              compression: 'gzip',
              rule: 'package',
              place: `node_modules/${name}`,
              holds: ['package.json', 'dist/index.js'],
            };
          }),
        );
  const archives =
    lack.libraries.length === 0 ? [] : await findLibraries(lack.cuda, redistSource(env), asking, signal);
  const wanted = archives
    .map((archive) => ({ archive, holds: archive.libraries.map((name) => `${name}.so.${lack.cuda}`) }))
    .filter(({ holds }) => holds.some((file) => lack.libraries.includes(file)));
  return [
    ...packages,
    ...wanted.map(
      ({ archive, holds }): Component => ({
        name: `${archive.name} ${archive.version}`,
        url: archive.url,
        bytes: archive.bytes,
        unpackedBytes: archive.bytes * unpackedPerPacked,
        hash: { algorithm: 'sha256', digest: Buffer.from(archive.sha256, 'hex') },
        compression: 'xz',
        rule: 'libraries',
        place: `cuda/${archive.name}-${archive.version}`,
        holds,
      }),
    ),
  ];
}
