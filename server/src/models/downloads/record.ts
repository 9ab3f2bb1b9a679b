/** What a download leaves on the disk, so that a later host can go on with it: `.downloads/<id>/download.json`. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as z from 'zod';
import { replaceFile } from '../../replace-file';
import { partSchema } from './plan';

const recordSchema = z.object({
  source: z.string().max(4000),
  state: z.enum(['running', 'paused', 'failed']),
  error: z.string().nullable(),
  parts: z
    .array(z.object({ part: partSchema, verified: z.boolean() }))
    .min(1)
    .max(512),
});
export type DownloadRecord = z.infer<typeof recordSchema>;

const fileOf = (folder: string) => join(folder, 'download.json');

/** By id. What cannot be understood is left alone, and said. */
export function readRecords(folder: string, log: Logger): [id: string, record: DownloadRecord][] {
  let ids: string[];
  try {
    ids = readdirSync(folder);
  } catch {
    return [];
  }
  return ids.flatMap((id): [string, DownloadRecord][] => {
    try {
      const record = recordSchema.parse(JSON.parse(readFileSync(fileOf(join(folder, id)), 'utf8')));
      if (record.parts[0]?.part.name !== id) throw new Error('it belongs to another download');
      return [[id, record]];
    } catch (error) {
      log.warn(
        `The unfinished download in ${join(folder, id)} cannot be understood (${(error as Error).message.slice(0, 200)}). It is left alone; delete the folder to be rid of it.`,
      );
      return [];
    }
  });
}

export async function writeRecord(folder: string, record: DownloadRecord): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(fileOf(folder), JSON.stringify(record, null, 2));
}
