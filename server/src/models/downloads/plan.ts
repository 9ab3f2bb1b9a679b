/**
 * What has to be fetched for a source: every part with its address, size and SHA-256. The hub's own listing gives size and
 * hash (of files that lie in Git LFS or Xet); each file is then knocked at, so that a missing token or file is known
 * before anything begins.
 */
import * as z from 'zod';
import { type Patience, persist } from './attempts';
import { type Client, discard, HttpError, impatiently, Refused } from './http';
import { fileName, parseSource, type Source, withAllParts } from './source';

export const partSchema = z.object({
  name: z
    .string()
    .regex(/^\w[\w.+()-]*\.gguf$/i)
    .max(200),
  url: z.url(),
  size: z.number().int().positive().nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** ETag, else date, of the very bytes, as the server that sends them says; `null`: it does not say. */
  validator: z.string().max(500).nullable(),
  /** The server sends any piece that is asked for. */
  ranges: z.boolean(),
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

/** Both mean the same bytes: by their hash where it is known, else by what the server says. */
export function isSame(one: Part, other: Part | undefined): boolean {
  if (one.size === null || one.size !== other?.size || one.sha256 !== other.sha256) return false;
  return one.sha256 !== null || (one.validator !== null && one.validator === other.validator);
}

export function validatorOf(response: Response): string | null {
  return response.headers.get('etag') ?? response.headers.get('last-modified');
}

export interface Asking {
  readonly client: Client;
  readonly endpoint: URL;
  readonly patience: Patience;
  /** A server that says nothing for this long is given up on, in ms. */
  readonly stallMs: number;
}

/** Parts in order; the first one is the model's file. Rejects in words. */
export async function planOf(sourceText: string, asking: Asking, signal: AbortSignal): Promise<Part[]> {
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
  asking: Asking,
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

/** Asks for the first byte: whether it may be read, how large the file is, and whether pieces can be had. */
async function knock(
  url: URL,
  asking: Asking,
  signal: AbortSignal,
): Promise<{ size: number | null; validator: string | null; ranges: boolean }> {
  const response = await ask(asking, signal, async (inTime) => {
    const reply = await asking.client.get(url, { range: 'bytes=0-0' }, inTime);
    await discard(reply);
    return reply;
  });
  const validator = validatorOf(response);
  const total = response.status === 206 ? (contentRange(response)?.total ?? null) : null;
  if (total !== null) return { size: total, validator, ranges: true };
  const length =
    response.status === 200 ? Number(response.headers.get('content-length') ?? Number.NaN) : Number.NaN;
  return { size: Number.isSafeInteger(length) && length > 0 ? length : null, validator, ranges: false };
}

/** "bytes 0-99/1234"; `null`: there is none that makes sense. */
export function contentRange(
  response: Response,
): { start: number; end: number; total: number | null } | null {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (!match) return null;
  const [start, end, total] = [
    Number(match[1]),
    Number(match[2]),
    match[3] === '*' ? null : Number(match[3]),
  ];
  const makeSense =
    [start, end, total ?? 0].every(Number.isSafeInteger) && start <= end && (total === null || end < total);
  return makeSense ? { start, end, total } : null;
}

function ask<T>(
  { patience, stallMs }: Asking,
  signal: AbortSignal,
  question: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // Somebody waits for the answer: fewer tries than a transfer has.
  return persist({ ...patience, tries: Math.min(3, patience.tries) }, signal, async () => {
    try {
      return await impatiently(stallMs, signal, question);
    } catch (error) {
      throw error instanceof HttpError && error.status === 416
        ? new Refused('The file on the server is empty.')
        : error;
    }
  });
}
