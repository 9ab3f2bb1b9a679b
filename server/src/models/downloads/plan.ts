/**
 * What has to be fetched for a source: every part with its address, size and SHA-256. The hub's own listing gives size and
 * hash (of files that lie in Git LFS or Xet); each file is then knocked at, so that a missing token or file is known
 * before anything begins.
 */
import * as z from 'zod';
import { type Asking, ask, knock, Refused, remoteFileSchema } from '../../fetching';
import { fileName, parseSource, type Source, withAllParts } from './source';

export const partSchema = remoteFileSchema.extend({
  name: z
    .string()
    .regex(/^\w[\w.+()-]*\.gguf$/i)
    .max(200),
});
export type Part = Readonly<z.infer<typeof partSchema>>;

const listingSchema = z
  .array(
    z.object({
      path: z.string(),
      size: z.number().int().nonnegative(),
      lfs: z
        .object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().nonnegative() })
        .nullish(),
    }),
  )
  .max(20_000);

export interface HubAsking extends Asking {
  readonly endpoint: URL;
}

/** Parts in order; the first one is the model's file. Rejects in words. */
export async function planOf(sourceText: string, asking: HubAsking, signal: AbortSignal): Promise<Part[]> {
  const source = parseSource(sourceText, asking.endpoint);
  const files = source.kind === 'hub' ? await hubFiles(source, asking, signal) : urlFiles(source.url);
  const parts: Part[] = [];
  for (const { path, url, size, sha256 } of files) {
    const seen = await knock(url, asking, signal);
    if (size !== null && seen.size !== null && size !== seen.size) {
      throw new Refused(
        `The hub says that ${path} has ${size} bytes, the server of the file says ${seen.size}. Nothing was fetched; try again later.`,
      );
    }
    parts.push({
      name: fileName(path),
      url: url.href,
      size: size ?? seen.size,
      sha256,
      validator: seen.validator,
      ranges: seen.ranges,
    });
  }
  return parts;
}

interface PlannedFile {
  readonly path: string;
  readonly url: URL;
  readonly size: number | null;
  readonly sha256: string | null;
}

function urlFiles(url: URL): PlannedFile[] {
  return withAllParts(url.pathname).map((path) => ({
    path,
    url: Object.assign(new URL(url), { pathname: path }),
    size: null,
    sha256: null,
  }));
}

async function hubFiles(
  { repository, revision, file }: Extract<Source, { kind: 'hub' }>,
  asking: HubAsking,
  signal: AbortSignal,
): Promise<PlannedFile[]> {
  const folder = file.split('/').slice(0, -1);
  const at = (path: string) => new URL(path, asking.endpoint.href.replace(/\/*$/, '/'));
  const listed = await ask(asking, signal, (inTime) =>
    asking.client.json(
      at(
        `api/models/${repository}/tree/${encodeURIComponent(revision)}${folder.map((name) => `/${encodeURIComponent(name)}`).join('')}`,
      ),
      inTime,
    ),
  );
  const listing = listingSchema.safeParse(listed);
  if (!listing.success)
    throw new Refused(`${asking.endpoint.host} does not answer as Hugging Face does. Is HF_ENDPOINT right?`);
  const entries = new Map(listing.data.map((entry) => [entry.path, entry]));
  return withAllParts(file).map((path) => {
    const entry = entries.get(path);
    if (!entry) throw new Refused(missing(path, repository, [...entries.keys()]));
    const url = at(
      `${repository}/resolve/${encodeURIComponent(revision)}/${path.split('/').map(encodeURIComponent).join('/')}`,
    );
    return { path, url, size: (entry.lfs?.size ?? entry.size) || null, sha256: entry.lfs?.oid ?? null };
  });
}

function missing(path: string, repository: string, present: string[]): string {
  const models = present.filter((name) => /\.gguf$/i.test(name)).slice(0, 8);
  return `${repository} has no ${path} any more. ${models.length > 0 ? `It has ${models.join(', ')}.` : 'It has no GGUF files there.'}`;
}
