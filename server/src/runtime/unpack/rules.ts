/** Which files of an archive are wanted, and where they go. Everything else stays in the archive, whatever its path says. Pure. */

/** `package`: an npm package, without its outermost folder. `libraries`: CUDA's shared libraries, under the names that programs ask for. */
export type Rule = 'package' | 'libraries';

/** An archive that is not what it should be. */
export class BadArchive extends Error {}

const segment = /^[\w@+-][\w@+.-]*$/;
const library = /^lib(?:cudart|cublas|cublasLt)\.so\.\d+(?=(?:\.\d+)+$)/;

/**
 * @param path of a file in the archive
 * @returns path below the folder that is filled; `null`: it is not wanted
 * @throws BadArchive for a path that no archive of this kind has.
 */
export function placeOf(path: string, rule: Rule): string | null {
  const segments = path.split('/');
  if (rule === 'libraries') {
    const name = segments.at(-1) ?? '';
    return name === 'LICENSE' || name === 'LICENSE.txt' ? name : (library.exec(name)?.[0] ?? null);
  }
  const [, ...inside] = segments;
  if (inside.length === 0 || !segments.every((name) => segment.test(name)))
    throw new BadArchive(`it holds a path that no package has: ${path.slice(0, 100)}`);
  return inside.join('/');
}
