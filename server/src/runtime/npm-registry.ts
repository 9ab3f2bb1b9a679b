/** Packages of the npm registry that the user's npm is set to: where they lie there, and the hash that the registry promises. */
import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Asking, ask, Refused } from '../fetching';

const publicRegistry = 'https://registry.npmjs.org/';
const scope = '@node-llama-cpp';
const npmLimitMs = 15_000;

const packumentSchema = z.object({
  versions: z.record(
    z.string(),
    z.object({
      dist: z.object({
        tarball: z.url(),
        integrity: z.string().max(1000),
        unpackedSize: z.number().int().positive().optional(),
      }),
    }),
  ),
});

export interface PackedPackage {
  readonly url: URL;
  readonly sha512: Buffer;
  /** `null`: the registry does not say. */
  readonly unpackedBytes: number | null;
}

/** Rejects in words. */
export async function findPackage(
  name: string,
  version: string,
  registry: URL,
  asking: Asking,
  signal: AbortSignal,
): Promise<PackedPackage> {
  const address = new URL(name.replace('/', '%2f'), withSlash(registry));
  const answer = await ask(asking, signal, (inTime) => asking.client.json(address, inTime));
  const packument = packumentSchema.safeParse(answer);
  if (!packument.success) throw new Refused(`${registry.host} does not answer as an npm registry does.`);
  const dist = packument.data.versions[version]?.dist;
  if (dist === undefined) throw new Refused(`${registry.host} has no version ${version} of ${name}.`);
  const sha512 = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)(?:\s|$)/.exec(dist.integrity)?.[1];
  if (sha512 === undefined)
    throw new Refused(`${registry.host} gives no SHA-512 for ${name} ${version}: nothing was fetched.`);
  return {
    url: new URL(dist.tarball),
    sha512: Buffer.from(sha512, 'base64'),
    unpackedBytes: dist.unpackedSize ?? null,
  };
}

/**
 * npm knows all of its files; where there is none, only its environment counts. Asked in the home folder: a folder that happens
 * to be the current one has no say.
 */
export async function registryOf(env: NodeJS.ProcessEnv): Promise<URL> {
  const set = (await npmSays(env)) ?? env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY ?? publicRegistry;
  if (!URL.canParse(set))
    throw new Error(`npm's registry is "${set.slice(0, 100)}", which is not an address.`);
  return new URL(set);
}

async function npmSays(env: NodeJS.ProcessEnv): Promise<string | null> {
  const keys = [`${scope}:registry`, 'registry'];
  try {
    const { stdout } = await promisify(execFile)('npm', ['config', 'get', ...keys], {
      cwd: homedir(),
      env,
      timeout: npmLimitMs,
    });
    const values = new Map(
      stdout.split('\n').flatMap((line): [string, string][] => {
        const [, key, value] = /^([^=]+)=(.+)$/.exec(line.trim()) ?? [];
        return key === undefined || value === undefined || value === 'undefined' ? [] : [[key, value]];
      }),
    );
    return keys.map((key) => values.get(key)).find((value) => value !== undefined) ?? null;
  } catch {
    return null;
  }
}

function withSlash(url: URL): URL {
  return new URL(url.href.replace(/\/*$/, '/'));
}
