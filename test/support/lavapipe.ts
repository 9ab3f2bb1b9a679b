/**
 * A GPU for machines without one: Mesa's Vulkan device in software. llama.cpp takes it where it is named, even twice; a
 * real GPU is hidden, so that these tests find the same everywhere. `npm test` installs it (scripts/setup/vulkan.mjs).
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { PlannedGpu } from '../../server/src/inference';

const DRIVERS = '/usr/share/vulkan/icd.d';

/** Environment of a process that is to see so many devices and no others. */
export function lavapipeEnvironment(count: number): Record<string, string> {
  return { VK_ICD_FILENAMES: driver(), GGML_VK_VISIBLE_DEVICES: Array(count).fill('0').join(',') };
}

/** For the processes that `act` starts, there are so many devices and no others. */
export async function withDevices<Result>(
  count: number,
  act: (gpus: PlannedGpu[]) => Promise<Result>,
): Promise<Result> {
  const environment = lavapipeEnvironment(count);
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    return await act(Array.from({ length: count }, (_, index) => ({ index, uuid: null })));
  } finally {
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

function driver(): string {
  const file = readdirSync(DRIVERS).find((name) => /^lvp_icd.*\.json$/.test(name));
  if (file === undefined)
    throw new Error(`There is no lvp_icd*.json in ${DRIVERS}: Mesa's lavapipe is missing.`);
  return path.join(DRIVERS, file);
}
