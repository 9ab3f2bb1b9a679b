/** For `doctor`: which backends could run here, and what is missing for the others. It loads none of them. */
import type { Check } from '#protocol';
import { type BackendFacts, majorVersion, OLDEST_DRIVER } from './backends';
import { isFetchable } from './cuda-lack';
import { closestToCuda, isComplete, type MissingForCuda, missingForCuda } from './cuda-runtime';
import type { FindLibrary } from './shared-libraries';
import type { HasVariant } from './variants';

export function inspectBackends(
  facts: BackendFacts & { readonly arch: string },
  find: FindLibrary,
  hasVariant: HasVariant,
): Check[] {
  if (facts.platform === 'darwin') return [check('Metal', 'ok', 'part of macOS'), cpu()];
  return [inspectCuda(facts, find, hasVariant), inspectVulkan(facts, find, hasVariant), cpu()];
}

function cpu(): Check {
  return check('CPU', 'ok', 'always there');
}

function inspectCuda(
  facts: BackendFacts & { readonly arch: string },
  find: FindLibrary,
  hasVariant: HasVariant,
): Check {
  const { nvidiaGpu, driverVersion, platform, arch } = facts;
  if (!nvidiaGpu) return check('CUDA', 'ok', 'not needed: no NVIDIA GPU was found');
  const driver = majorVersion(driverVersion);
  if (driver !== null && driver < OLDEST_DRIVER)
    return check(
      'CUDA',
      'warning',
      `driver ${driverVersion} is too old for CUDA 12`,
      `Install NVIDIA's driver ${OLDEST_DRIVER} or newer (580 or newer for CUDA 13).`,
    );

  const missing = missingForCuda(facts, find, hasVariant);
  const complete = missing.find(isComplete);
  if (complete !== undefined)
    return check(
      'CUDA',
      'ok',
      `driver ${driverVersion ?? 'of unknown version'}, CUDA ${complete.version} runtime found`,
    );

  const version = closestToCuda(missing)?.version ?? 12;
  const how = isFetchable(platform, arch)
    ? '"VRAMesh: Install CUDA Runtime" in VS Code, or "vramesh runtime install", fetches what is missing. Then restart VRAMesh.'
    : `Install NVIDIA's CUDA ${version} runtime (cudart and cublas), then restart VRAMesh.`;
  return check(
    'CUDA',
    'warning',
    `not found: ${missing.map(inWords).join('; or: ')}`,
    `${how} Until then Vulkan or the CPU is used.`,
  );
}

function inWords({ version, variants, libraries }: MissingForCuda): string {
  return [...(variants.length > 0 ? [`llama.cpp for CUDA ${version}`] : []), ...libraries].join(', ');
}

function inspectVulkan(facts: BackendFacts, find: FindLibrary, hasVariant: HasVariant): Check {
  if (!facts.nvidiaGpu && !facts.otherGpu) return check('Vulkan', 'ok', 'not needed: no GPU was found');
  if (!hasVariant('vulkan'))
    return check('Vulkan', 'warning', 'this installation has no llama.cpp for Vulkan');
  const library = facts.platform === 'win32' ? 'vulkan-1.dll' : 'libvulkan.so.1';
  const found = find(library);
  if (found !== null) return check('Vulkan', 'ok', `${library} in ${found.folder}`);
  const advice =
    facts.platform === 'win32'
      ? "Install the GPU's current driver: it brings Vulkan along."
      : 'Install the Vulkan loader: libvulkan1 on Debian and Ubuntu, vulkan-loader on Fedora, vulkan-icd-loader on Arch.';
  return check('Vulkan', 'warning', `${library} was not found`, advice);
}

function check(
  backend: string,
  status: Check['status'],
  detail: string,
  advice: string | null = null,
): Check {
  return { name: `${backend} backend`, status, detail, advice };
}
