import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type UnpackOrder, unpack } from '../../../server/src/runtime/unpack/unpack';
import { type Entry, tarGz, tarXz } from '../../support/archives';

describe('runtime: an archive', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vramesh-unpack-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

  const into = () => path.join(folder, 'into');
  async function unpacked(packed: Buffer, order: Partial<UnpackOrder>): Promise<Record<string, string>> {
    const archive = path.join(folder, 'archive');
    writeFileSync(archive, packed);
    const usual = { archive, into: into(), mostBytes: 1e6, mostFiles: 100 };
    await unpack({ ...usual, compression: 'gzip', rule: 'package', ...order });
    const files = readdirSync(into(), { recursive: true, withFileTypes: true });
    return Object.fromEntries(
      files
        .filter((file) => !file.isDirectory())
        .map((file) => {
          const full = path.join(file.parentPath, file.name);
          return [path.relative(into(), full), file.isFile() ? readFileSync(full, 'utf8') : 'not a file'];
        }),
    );
  }

  const good: Entry[] = [
    { path: 'package/package.json', content: '{}' },
    { path: 'package/bins/linux-x64-cuda/libggml-cuda.so', content: 'library' },
  ];

  it('of npm loses its outermost folder', async () => {
    assert.deepEqual(await unpacked(tarGz(good), {}), {
      'package.json': '{}',
      'bins/linux-x64-cuda/libggml-cuda.so': 'library',
    });
  });

  it('of NVIDIA gives its shared libraries under the names that programs ask for, and its licence', async () => {
    const lib = 'libcublas-linux-x86_64-13.2.1.1-archive/lib';
    const archive = tarXz([
      { path: `${lib}/`, type: 'Directory' },
      { path: `${lib}/libcublas.so`, type: 'SymbolicLink', to: 'libcublas.so.13' },
      { path: `${lib}/libcublas.so.13`, type: 'SymbolicLink', to: 'libcublas.so.13.2.1.1' },
      { path: `${lib}/libcublas.so.13.2.1.1`, content: 'x'.repeat(100_000) },
      { path: `${lib}/libcublasLt.so.13.2.1.1`, content: 'light' },
      { path: `${lib}/libcublas_static.a`, content: 'static' },
      { path: `${lib}/stubs/libcublas.so`, content: 'stub' },
      { path: `${lib}/../LICENSE`, content: 'terms' },
    ]);
    assert.deepEqual(await unpacked(archive, { compression: 'xz', rule: 'libraries' }), {
      'libcublas.so.13': 'x'.repeat(100_000),
      'libcublasLt.so.13': 'light',
      LICENSE: 'terms',
    });
  });

  const hostile: [what: string, Entry[]][] = [
    ['leads out of the folder', [{ path: 'package/../../escaped', content: 'x' }]],
    ['leads out at once', [{ path: '../escaped', content: 'x' }]],
    ['is absolute', [{ path: '/tmp/vramesh-escaped', content: 'x' }]],
    ['has an empty name', [{ path: 'package//escaped', content: 'x' }]],
    ['hides', [{ path: 'package/.escaped', content: 'x' }]],
    ['has a backslash', [{ path: 'package/..\\escaped', content: 'x' }]],
  ];
  for (const [what, entries] of hostile)
    it(`with a path that ${what} is refused`, async () => {
      await assert.rejects(unpacked(tarGz([...good, ...entries]), {}), /holds a path that no package has/);
      assert.deepEqual(readdirSync(folder).sort(), ['archive', 'into']);
      assert.ok(!existsSync('/tmp/vramesh-escaped'));
    });

  it('makes no links and no devices, and writes through none', async () => {
    const outside = path.join(folder, 'outside');
    const files = await unpacked(
      tarGz([
        { path: 'package/bins', type: 'SymbolicLink', to: folder },
        { path: 'package/bins/outside', content: 'x' },
        { path: 'package/hard', type: 'Link', to: '/etc/passwd' },
        { path: 'package/device', type: 'CharacterDevice' },
      ]),
      {},
    );
    assert.deepEqual(files, { 'bins/outside': 'x' });
    assert.ok(!existsSync(outside));
  });

  it('gives nobody rights that its files had in it', async () => {
    await unpacked(tarGz(good), {});
    assert.equal(statSync(path.join(into(), 'package.json')).mode & 0o7111, 0);
  });

  const bad: [what: string, () => Buffer, order: Partial<UnpackOrder>, says: RegExp][] = [
    [
      'unpacks to too much',
      () => tarGz([{ path: 'package/a', content: Buffer.alloc(2e6) }]),
      {},
      /more than 1000000 bytes/,
    ],
    [
      'unpacks to too much, in what is not wanted',
      () => tarXz([{ path: 'x/lib/libother.a', content: Buffer.alloc(2e6) }]),
      { compression: 'xz', rule: 'libraries' },
      /more than 1000000 bytes/,
    ],
    [
      'has too many files',
      () => tarGz(Array.from({ length: 101 }, (_, n) => ({ path: `package/${n}`, content: 'x' }))),
      {},
      /more than 100 files/,
    ],
    [
      'was cut off',
      () => tarGz([{ path: 'package/a', content: Buffer.alloc(5e5, 'abc') }]).subarray(0, 400),
      {},
      /./,
    ],
    ['is of another kind', () => Buffer.from('<html>no</html>'), {}, /./],
    ['is of another kind than .xz', () => tarGz(good), { compression: 'xz' }, /./],
  ];
  for (const [what, archive, order, says] of bad)
    it(`that ${what} is refused`, () => assert.rejects(unpacked(archive(), order), says));
});
