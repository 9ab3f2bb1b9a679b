/** For `doctor`: which backends could run here, and what is missing for the others. It loads none of them. */
import type { Check } from '#protocol';
import { type BackendFacts, majorVersion, OLDEST_DRIVER } from './backends';
import type { FindLibrary } from './shared-libraries';

/** A CUDA runtime that llama.cpp's backends were built for. */
interface CudaRuntime {
  readonly version: number;
  /** NVIDIA's first driver for it */
  readonly driver: number;
}

const RUNTIMES: readonly CudaRuntime[] = [
  { version: 13, driver: 580 },
  { version: 12, driver: OLDEST_DRIVER },
];

export function inspectBackends(facts: BackendFacts, find: FindLibrary): Check[] {
  if (facts.platform === 'darwin') return [check('Metal', 'ok', 'part of macOS'), cpu()];
  return [inspectCuda(facts, find), inspectVulkan(facts, find), cpu()];
}

function cpu(): Check {
  return check('CPU', 'ok', 'always there');
}

function inspectCuda(facts: BackendFacts, find: FindLibrary): Check {
  const { nvidiaGpu, driverVersion, platform } = facts;
  if (!nvidiaGpu) return check('CUDA', 'ok', 'not needed: no NVIDIA GPU was found');
  const driver = majorVersion(driverVersion);
  if (driver !== null && driver < OLDEST_DRIVER)
    return check(
      'CUDA',
      'warning',
      `driver ${driverVersion} is too old for CUDA 12`,
      `Install NVIDIA's driver ${OLDEST_DRIVER} or newer (580 or newer for CUDA 13).`,
    );

  const usable = RUNTIMES.filter((runtime) => driver === null || driver >= runtime.driver);
  const lacks = usable.map((runtime) => ({ runtime, missing: missingLibraries(runtime, platform, find) }));
  const complete = lacks.find(({ missing }) => missing.length === 0)?.runtime;
  if (complete !== undefined)
    return check(
      'CUDA',
      'ok',
      `driver ${driverVersion ?? 'of unknown version'}, CUDA ${complete.version} runtime found`,
    );

  const closest = [...lacks].sort((a, b) => a.missing.length - b.missing.length)[0];
  return check(
    'CUDA',
    'warning',
    `not found: ${lacks.map(({ missing }) => missing.join(', ')).join('; or: ')}`,
    `Install NVIDIA's CUDA ${closest?.runtime.version ?? 12} runtime (cudart and cublas), then restart VRAMesh. Until then Vulkan or the CPU is used.`,
  );
}

function inspectVulkan(facts: BackendFacts, find: FindLibrary): Check {
  if (!facts.nvidiaGpu && !facts.otherGpu) return check('Vulkan', 'ok', 'not needed: no GPU was found');
  const library = facts.platform === 'win32' ? 'vulkan-1.dll' : 'libvulkan.so.1';
  const found = find(library);
  if (found !== null) return check('Vulkan', 'ok', `${library} in ${found.folder}`);
  const advice =
    facts.platform === 'win32'
      ? "Install the GPU's current driver: it brings Vulkan along."
      : 'Install the Vulkan loader: libvulkan1 on Debian and Ubuntu, vulkan-loader on Fedora, vulkan-icd-loader on Arch.';
  return check('Vulkan', 'warning', `${library} was not found`, advice);
}

function missingLibraries({ version }: CudaRuntime, platform: NodeJS.Platform, find: FindLibrary): string[] {
  const names = ['cudart', 'cublas', 'cublasLt'].map((name) =>
    platform === 'win32' ? `${name}64_${version}.dll` : `lib${name}.so.${version}`,
  );
  return names.filter((name) => find(name) === null);
}

function check(
  backend: string,
  status: Check['status'],
  detail: string,
  advice: string | null = null,
): Check {
  return { name: `${backend} backend`, status, detail, advice };
}
