/**
 * Compiles native/ with upstream's ggml-rpc into one library beside the bundles: dist/native/<platform>-<arch>/. The sources
 * of llama.cpp are those that the installed node-llama-cpp carries, so that library and llama.cpp are of one release. Built
 * once, and again when one of its inputs has changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const platform = `${{ darwin: 'mac', win32: 'win' }[process.platform] ?? process.platform}-${process.arch}`;
const llama = path.join(repository, 'node_modules/node-llama-cpp/llama');
const binaries = path.join(repository, `node_modules/@node-llama-cpp/${platform}/bins/${platform}`);
const target = path.join(repository, 'dist/native', `${process.platform}-${process.arch}`);

/** Upstream's folders that are needed. */
const upstream = [
  'ggml/include',
  'ggml/src/ggml-rpc',
  'ggml/src/ggml-impl.h',
  'ggml/src/ggml-backend-impl.h',
];
const flags = ['-std=c++17', '-O2', '-fPIC', '-shared', '-fvisibility=hidden', '-pthread'];
const native = path.join(repository, 'native');
const ours = ['thread-pool.cpp', 'registry.cpp', 'shard.cpp', 'rpc.cpp'].map((file) =>
  path.join(native, file),
);
const transport = path.join(native, 'transport.cpp');
const libraryName = process.platform === 'darwin' ? 'libvramesh.dylib' : 'libvramesh.so';

/**
 * @returns {Promise<string | null>} why there is none; everything but splitting a model over machines works without it, and
 *   engines on the CPU are slower
 */
export async function buildNative() {
  const problem = missing();
  if (problem !== null) return problem;
  const inputs = hashOf([...sources(), path.join(llama, 'gitRelease.bundle'), import.meta.filename ?? '']);
  const manifest = path.join(target, 'manifest.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).inputs === inputs) return null;

  console.log('Compiling native/ (a few seconds).');
  const work = mkdtempSync(path.join(os.tmpdir(), 'vramesh-native-'));
  try {
    const { tag } = JSON.parse(readFileSync(path.join(llama, 'llama.cpp.info.json'), 'utf8'));
    unpack(work);
    const build = hashOf([...sources(), ...filesIn(path.join(work, 'ggml/src/ggml-rpc'))]).slice(0, 16);
    mkdirSync(target, { recursive: true });
    compile(work, build, [...ours, transport], path.join(target, libraryName));
    writeFileSync(manifest, JSON.stringify({ inputs, build, llama_cpp: tag }));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * For the bench: the same library with another transport.
 *
 * @param {string} otherTransport its source
 * @param {string} output the library
 */
export function buildVariant(otherTransport, output) {
  const work = mkdtempSync(path.join(os.tmpdir(), 'vramesh-native-'));
  try {
    unpack(work);
    mkdirSync(path.dirname(output), { recursive: true });
    compile(work, 'bench', [...ours, otherTransport], output);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function missing() {
  if (process.platform === 'win32') return 'there is no build of native/ for Windows yet';
  if (!existsSync(path.join(llama, 'gitRelease.bundle'))) return 'node-llama-cpp came without its sources';
  if (!existsSync(binaries)) return `node-llama-cpp has no library for ${platform}`;
  for (const tool of ['git', 'c++'])
    if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).status !== 0)
      return `there is no ${tool} on the PATH`;
  return null;
}

/** @param {string} work */
function unpack(work) {
  const bundle = path.join(llama, 'gitRelease.bundle');
  tool('git', ['-C', work, 'init', '--quiet']);
  tool('git', ['-C', work, 'fetch', '--quiet', bundle, 'HEAD']);
  tool('git', ['-C', work, 'checkout', '--quiet', 'FETCH_HEAD', '--', ...upstream]);
}

/**
 * @param {string} work where upstream's sources are
 * @param {string} build its name
 * @param {string[]} files
 * @param {string} output
 */
function compile(work, build, files, output) {
  const include = ['ggml/include', 'ggml/src', 'ggml/src/ggml-rpc'].flatMap((folder) => [
    // Upstream's own warnings are upstream's.
    '-isystem',
    path.join(work, folder),
  ]);
  const define = [
    '-DGGML_BACKEND_SHARED',
    '-DGGML_BACKEND_BUILD',
    '-DGGML_SHARED',
    `-DVRAMESH_BUILD="${build}"`,
  ];
  const base = path.join(binaries, process.platform === 'darwin' ? 'libggml-base.dylib' : 'libggml-base.so');
  const strict = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror'];
  tool('c++', [...flags, ...strict, ...define, '-I', native, ...include, ...files, base, '-o', output]);
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function tool(command, args) {
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${command} failed: ${(stderr || stdout || 'it could not be started').trim()}`);
}

function sources() {
  return filesIn(native);
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name));
}

/** @param {string[]} files */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) if (file !== '') hash.update(path.basename(file)).update(readFileSync(file));
  return hash.digest('hex');
}
