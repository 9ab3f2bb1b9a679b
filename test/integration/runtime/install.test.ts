/** Fetching the CUDA runtime from stand-ins of the npm registry and of NVIDIA's server. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  goodCublas,
  goodPackage,
  noise,
  packageName,
  type Sources,
  startSources,
} from '../../support/cuda-sources';
import { until } from '../../support/until';
import { filesIn, runtimeIn } from './harness';

const all = [
  'cuda/cublas-13.2.1.1/libcublas.so.13',
  'cuda/cublas-13.2.1.1/libcublasLt.so.13',
  'cuda/cudart-13.1.80/libcudart.so.13',
  `node_modules/${packageName}/bins/linux-x64-cuda/libggml-cuda.so`,
  `node_modules/${packageName}/dist/index.js`,
  `node_modules/${packageName}/package.json`,
];
const never = new AbortController().signal;
const quiet = () => {};

describe('runtime: installing', () => {
  let root: string;
  let folder: string;
  let sources: Sources;
  beforeEach(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'vramesh-runtime-'));
    folder = path.join(root, 'runtime');
    sources = await startSources();
  });
  afterEach(async () => {
    await sources.server.close();
    rmSync(root, { recursive: true });
  });
  const asked = (what: string) => sources.server.asked.filter((one) => one.path === what).length;

  it('puts everything in its place, and tells how far it is', async () => {
    const runtime = runtimeIn(folder, sources);
    const told: { message: string; percentage: number }[] = [];
    const names = await runtime.install(never, (progress) => told.push(progress));
    assert.deepEqual(names, [
      `llama.cpp for CUDA (${packageName} 3.22.1)`,
      'cudart 13.1.80',
      'cublas 13.2.1.1',
    ]);
    assert.deepEqual(filesIn(folder), all);
    assert.deepEqual(readFileSync(path.join(folder, all[0] ?? '')), noise(200_000, 2));
    assert.deepEqual(
      runtime
        .libraryFolders()
        .map((one) => path.basename(one))
        .sort(),
      ['cublas-13.2.1.1', 'cudart-13.1.80'],
    );
    const percentages = told.map(({ percentage }) => percentage);
    assert.deepEqual(
      percentages,
      [...percentages].sort((a, b) => a - b),
    );
    assert.equal(percentages.at(-1), 100);
    assert.match(told.at(-1)?.message ?? '', /unpacking cublas/);
  });

  it('fetches nothing where nothing is missing', async () => {
    const runtime = runtimeIn(folder, sources);
    await runtime.install(never, quiet);
    const before = sources.server.asked.length;
    assert.deepEqual(await runtime.install(never, quiet), []);
    assert.equal(sources.server.asked.length, before);
  });

  it('fetches only what is missing', async () => {
    const runtime = runtimeIn(folder, sources);
    await runtime.install(never, quiet);
    rmSync(path.join(folder, 'cuda/cublas-13.2.1.1'), { recursive: true });
    assert.deepEqual(await runtime.install(never, quiet), ['cublas 13.2.1.1']);
    assert.deepEqual(filesIn(folder), all);
    assert.equal(asked(`/${packageName}`), 1);
  });

  it('refuses to do it twice at the same time', async () => {
    const runtime = runtimeIn(folder, sources);
    const first = runtime.install(never, quiet);
    await assert.rejects(runtime.install(never, quiet), /being installed or removed already/);
    await assert.rejects(runtime.remove(), /being installed or removed already/);
    await first;
    assert.deepEqual(filesIn(folder), all);
  });

  it('is removed without a trace, and can be installed again', async () => {
    const runtime = runtimeIn(folder, sources);
    await runtime.install(never, quiet);
    assert.equal(await runtime.remove(), true);
    assert.deepEqual(filesIn(root), []);
    assert.equal(await runtime.remove(), false);
    await runtime.install(never, quiet);
    assert.deepEqual(filesIn(folder), all);
  });

  it('tells when it is missing, and when it is there', async () => {
    const runtime = runtimeIn(folder, sources);
    const told: boolean[] = [];
    runtime.onChange(() => told.push(runtime.isMissing()));
    await runtime.look();
    await runtime.install(never, quiet);
    await runtime.remove();
    assert.deepEqual(told, [true, false, true]);
  });

  it('goes on where the connection was lost', async () => {
    // By the time that it gives up on the second half, the first one has arrived.
    const runtime = runtimeIn(folder, sources, { firstWaitMs: 300 });
    let broken = true;
    // Of the second half nothing comes.
    sources.server.faults.push(({ path: what, range }, response) => {
      if (!broken || what !== sources.cublas || (range?.start ?? 0) < 250_000) return false;
      response.destroy();
      return true;
    });
    await assert.rejects(runtime.install(never, quiet), /cublas 13\.2\.1\.1: .*What has arrived is kept/);
    assert.deepEqual(
      filesIn(folder).filter((file) => !file.startsWith('arriving/')),
      all.slice(2),
    );
    broken = false;
    const before = sources.server.bytesSent();
    assert.deepEqual(await runtime.install(never, quiet), ['cublas 13.2.1.1']);
    assert.ok(sources.server.bytesSent() - before < 400_000, 'what had arrived was fetched again');
    assert.deepEqual(filesIn(folder), all);
  });

  it('stops when it is cancelled, and goes on later', async () => {
    const runtime = runtimeIn(folder, sources);
    let hangs = true;
    sources.server.faults.push(
      ({ path: what, range }) => hangs && what === sources.tarball && (range?.start ?? 0) > 200_000,
    );
    const cancel = new AbortController();
    const installing = runtime.install(cancel.signal, quiet);
    await until('the last piece is asked for', () =>
      sources.server.asked.some(
        ({ path: what, range }) => what === sources.tarball && (range?.start ?? 0) > 200_000,
      ),
    );
    cancel.abort(new Error('enough'));
    await assert.rejects(installing, /enough/);
    assert.deepEqual(
      filesIn(folder).filter((file) => !file.startsWith('arriving/')),
      [],
    );
    hangs = false;
    await runtime.install(never, quiet);
    assert.deepEqual(filesIn(folder), all);
  });

  it('ends with the host', async () => {
    const runtime = runtimeIn(folder, sources);
    sources.server.faults.push(({ path: what }) => what === sources.tarball);
    const installing = assert.rejects(runtime.install(never, quiet), /host ends/);
    await until('it has begun', () => asked(sources.tarball) > 0);
    await runtime.close();
    await installing;
  });

  const refused: [what: string, (sources: Sources) => void, says: RegExp, kept: string[]][] = [
    [
      'a package with another hash',
      (from) =>
        from.publishPackage(goodPackage, { integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}` }),
      /SHA512 is another one.*thrown away/,
      [],
    ],
    [
      'a package whose hash is only a SHA-1',
      (from) => from.publishPackage(goodPackage, { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }),
      /no SHA-512/,
      [],
    ],
    [
      'a package that leads out of its folder',
      (from) => from.publishPackage([...goodPackage, { path: 'package/../../../../escaped', content: 'x' }]),
      /cannot be unpacked: it holds a path that no package has/,
      [],
    ],
    [
      'a package that is another one',
      (from) => from.publishPackage([{ path: 'package/README.md', content: 'x' }]),
      /holds no package\.json/,
      [],
    ],
    [
      'more than the disk has room for',
      (from) => from.publishPackage(goodPackage, { unpackedSize: 2 ** 50 }),
      /The disk is too small/,
      [],
    ],
    [
      'a library with another hash',
      (from) => from.publishLibraries(goodCublas, { sha256: 'a'.repeat(64) }),
      /SHA256 is another one/,
      all.slice(2),
    ],
    [
      'a library of another size than was told',
      (from) => from.publishLibraries(goodCublas, { size: '12' }),
      /which cannot be. Nothing was fetched/,
      [],
    ],
    [
      'a link in place of a library',
      (from) =>
        from.publishLibraries([
          { path: 'x/lib/libcublas.so.13.2.1.1', type: 'SymbolicLink', to: '/etc/passwd' },
        ]),
      /holds no libcublas\.so\.13/,
      all.slice(2),
    ],
    [
      'a registry that is none',
      (from) => from.server.put(`/${packageName}`, Buffer.from('<html>')),
      /neither an npm registry/,
      [],
    ],
    [
      'a registry without this version',
      (from) => from.server.put(`/${packageName}`, Buffer.from('{"versions":{}}')),
      /has no version 3\.22\.1/,
      [],
    ],
    [
      'a registry that leads elsewhere without TLS',
      (from) =>
        from.server.faults.push(({ path: what }, response) => {
          if (what !== from.tarball) return false;
          response.writeHead(302, { location: 'http://elsewhere.example/x.tgz' }).end();
          return true;
        }),
      /is not https/,
      [],
    ],
    [
      'a registry that wants a password',
      (from) =>
        from.server.faults.push(({ path: what }, response) => {
          if (what !== `/${packageName}`) return false;
          response.writeHead(401).end();
          return true;
        }),
      /wants a password/,
      [],
    ],
    [
      'a manifest that leads elsewhere',
      (from) => from.publishLibraries(goodCublas, JSON.parse('{"relative_path":"../../../x.tar.xz"}')),
      /does not describe CUDA 13\.1\.1 as NVIDIA does/,
      [],
    ],
  ];
  for (const [what, spoil, says, kept] of refused)
    it(`refuses ${what}, and is as before`, async () => {
      spoil(sources);
      await assert.rejects(runtimeIn(folder, sources).install(never, quiet), says);
      assert.deepEqual(
        filesIn(root).map((file) => file.replace(/^runtime\//, '')),
        kept,
      );
    });
});
