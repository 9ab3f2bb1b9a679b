/** The platforms that a package can be made for, and what of node-llama-cpp and koffi each of them needs: the CPU build. */

/** @type {Record<string, { llama: string, koffi: string }>} by VS Code's name of the platform */
const platforms = {
  'linux-x64': { llama: 'linux-x64', koffi: 'linux-x64' },
  'linux-arm64': { llama: 'linux-arm64', koffi: 'linux-arm64' },
  'win32-x64': { llama: 'win-x64', koffi: 'win32-x64' },
  'win32-arm64': { llama: 'win-arm64', koffi: 'win32-arm64' },
  'darwin-x64': { llama: 'mac-x64', koffi: 'darwin-x64' },
  'darwin-arm64': { llama: 'mac-arm64-metal', koffi: 'darwin-arm64' },
};

export const thisTarget = `${process.platform}-${process.arch}`;

/**
 * @param {string} target
 * @returns {string[]} names of the packages with its binaries
 */
export function binaryPackages(target) {
  const platform = platforms[target];
  if (!platform)
    throw new Error(`There is no target ${target}. Targets: ${Object.keys(platforms).join(', ')}.`);
  return [`@node-llama-cpp/${platform.llama}`, `@koromix/koffi-${platform.koffi}`];
}
