/** A file on a server, as the server and those who vouch for it describe it. */
import * as z from 'zod';

export const remoteFileSchema = z.object({
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
export type RemoteFile = Readonly<z.infer<typeof remoteFileSchema>>;

/** Both mean the same bytes: by their hash where it is known, else by what the server says. */
export function isSame(one: RemoteFile, other: RemoteFile | undefined): boolean {
  if (one.size === null || one.size !== other?.size || one.sha256 !== other.sha256) return false;
  return one.sha256 !== null || (one.validator !== null && one.validator === other.validator);
}

export function validatorOf(response: Response): string | null {
  return response.headers.get('etag') ?? response.headers.get('last-modified');
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
