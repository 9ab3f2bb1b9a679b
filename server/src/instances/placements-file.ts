/** What the user has placed, kept over restarts of the host. */
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import * as z from 'zod';
import { wishesSchema } from '#protocol';
import { replaceFileSync } from '../replace-file';

const fileSchema = z.object({
  placements: z
    .array(z.object({ model_id: z.string(), wishes: wishesSchema, preview_id: z.string().nullable() }))
    .max(100),
});
export type Placement = z.infer<typeof fileSchema>['placements'][number];

/** `null`: the user has never chosen (which is not the same as having removed everything). */
export function readPlacements(path: string, log: Logger): Placement[] | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  try {
    return fileSchema.parse(JSON.parse(text)).placements;
  } catch {
    log.warn(`${path} cannot be understood and is ignored. It is replaced when a model is placed.`);
    return null;
  }
}

/** A file that cannot be written costs the memory of this choice, not the placement. */
export function writePlacements(path: string, placements: Placement[], log: Logger): void {
  try {
    replaceFileSync(path, JSON.stringify({ placements }, null, 2));
  } catch (error) {
    log.warn(
      `What is placed could not be noted in ${path} (${(error as Error).message}); a restart will forget it.`,
    );
  }
}
