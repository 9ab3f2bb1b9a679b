/**
 * The catalogue: code models that are known to fill in the middle. What it says lies in catalogue.json; sizes and hashes
 * are not in there, because only the hub knows what it serves today.
 */
import * as z from 'zod';
import { type CatalogueEntry, catalogueEntrySchema } from '#protocol';
import entries from './catalogue.json';

export const catalogue: readonly CatalogueEntry[] = z.array(catalogueEntrySchema).parse(entries);

export interface CatalogueFile {
  readonly entry: CatalogueEntry;
  /** Path in the repository. */
  readonly file: string;
}

/** "qwen2.5-coder-1.5b", or "qwen2.5-coder-1.5b:q8_0". `null`: no such entry. Throws for a quantisation that it lacks. */
export function inCatalogue(id: string): CatalogueFile | null {
  const [name, quantization, ...more] = id.split(':');
  const entry = catalogue.find((candidate) => candidate.id === name);
  if (!entry || more.length > 0) return null;
  const file = entry.files[quantization?.toLowerCase() ?? entry.default_quantization];
  if (file) return { entry, file };
  const known = Object.keys(entry.files).map((name) => `${entry.id}:${name}`);
  throw new Error(
    `${entry.name} is not in the catalogue as "${quantization}". Choose ${known.join(' or ')}.`,
  );
}
