/** The npm registry and NVIDIA's server, on loopback, with archives that look like theirs and hold nothing of use. */
import { createHash } from 'node:crypto';
import { type Entry, tarGz, tarXz } from './archives';
import { type ModelServer, startModelServer } from './model-server';

export const packageName = '@node-llama-cpp/linux-x64-cuda';
export const version = '3.22.1';
const tarball = `/${packageName}/-/linux-x64-cuda-${version}.tgz`;
const redist = '/compute/cuda/redist';

export interface Sources {
  readonly server: ModelServer;
  /** Of a host that shall fetch from them. */
  readonly env: Record<string, string>;
  readonly tarball: string;
  readonly cublas: string;
  /** What the registry says of the package. */
  publishPackage(entries: readonly Entry[], says?: { integrity?: string; unpackedSize?: number }): void;
  publishLibraries(cublas: readonly Entry[], says?: { sha256?: string; size?: string }): void;
}

/** Compresses to nothing less, so that it arrives in many pieces. */
export const noise = (bytes: number, seed: number): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(bytes / 64) }, (_, n) =>
      createHash('sha512').update(`${seed}:${n}`).digest(),
    ),
  );

export const goodPackage: readonly Entry[] = [
  { path: 'package/package.json', content: JSON.stringify({ name: packageName, version }) },
  { path: 'package/dist/index.js', content: 'export const getBinsDir = () => ({});' },
  { path: 'package/bins/linux-x64-cuda/libggml-cuda.so', content: noise(300_000, 1) },
];
export const goodCublas: readonly Entry[] = [
  { path: 'libcublas-archive/lib/libcublas.so.13', type: 'SymbolicLink', to: 'libcublas.so.13.2.1.1' },
  { path: 'libcublas-archive/lib/libcublas.so.13.2.1.1', content: noise(200_000, 2) },
  { path: 'libcublas-archive/lib/libcublasLt.so.13.2.1.1', content: noise(200_000, 3) },
  { path: 'libcublas-archive/lib/libcublas_static.a', content: noise(100_000, 4) },
];

export async function startSources(): Promise<Sources> {
  const server = await startModelServer();
  const archivePath = (name: string) => `${name}/linux-x86_64/${name}-archive.tar.xz`;
  const describe = (name: string, number: string, content: Buffer) => ({
    version: number,
    license: 'CUDA Toolkit',
    'linux-x86_64': {
      relative_path: archivePath(name),
      sha256: createHash('sha256').update(content).digest('hex'),
      size: String(content.length),
    },
  });
  const sources: Sources = {
    server,
    env: {
      npm_config_registry: `${server.url}/`,
      VRAMESH_CUDA_SOURCE: `${server.url}${redist}`,
    },
    tarball,
    cublas: `${redist}/${archivePath('libcublas')}`,
    publishPackage(entries, says = {}) {
      const content = tarGz(entries);
      server.put(tarball, content);
      const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
      const dist = { tarball: `${server.url}${tarball}`, integrity, unpackedSize: 300_000, ...says };
      server.put(`/${packageName}`, Buffer.from(JSON.stringify({ versions: { [version]: { dist } } })));
    },
    publishLibraries(cublas, says = {}) {
      const cudart = tarXz([{ path: 'cudart/lib/libcudart.so.13.1.80', content: noise(50_000, 5) }]);
      const packed = tarXz(cublas);
      server.put(`${redist}/${archivePath('cuda_cudart')}`, cudart);
      server.put(sources.cublas, packed);
      const libcublas = describe('libcublas', '13.2.1.1', packed);
      Object.assign(libcublas['linux-x86_64'], says);
      const manifest = {
        release_label: '13.1.1',
        cuda_cudart: describe('cuda_cudart', '13.1.80', cudart),
        libcublas,
      };
      server.put(`${redist}/redistrib_13.1.1.json`, Buffer.from(JSON.stringify(manifest)));
    },
  };
  sources.publishPackage(goodPackage);
  sources.publishLibraries(goodCublas);
  return sources;
}
