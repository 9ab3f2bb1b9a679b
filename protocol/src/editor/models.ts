/** Which models there are, and fetching more. */
import * as z from 'zod';
import { catalogueEntrySchema, downloadSchema, modelElsewhereSchema, modelListingSchema } from '../model';
import { nothing } from './message';
import { modelId } from './model-id';

export const listModelsRequest = {
  method: 'vramesh/models',
  kind: 'request',
  direction: 'editor to host',
  description:
    'The models on this machine with what can be done with each, those of other machines, and those that can be fetched.',
  params: nothing,
  result: z.object({
    models: z.array(modelListingSchema),
    elsewhere: z.array(modelElsewhereSchema),
    catalogue: z.array(catalogueEntrySchema),
  }),
} as const;

export const downloadRequest = {
  method: 'vramesh/download',
  kind: 'request',
  direction: 'editor to host',
  description:
    'Fetches a model, or goes on with one that was interrupted. Answers when it has begun; the state document tells ' +
    'how far it is, and it goes on when the window closes.',
  params: z.object({
    source: z
      .string()
      .min(1)
      .max(4096)
      .describe('a catalogue id (also "id:Q8_0"), hf:owner/repo/file, or an https URL of a GGUF'),
  }),
  result: z.object({ download: downloadSchema }),
} as const;

export const cancelDownloadRequest = {
  method: 'vramesh/cancelDownload',
  kind: 'request',
  direction: 'editor to host',
  description: 'Stops fetching a model. What has arrived is kept, unless it shall be discarded.',
  params: z.object({
    download_id: z.string().min(1).max(4096),
    discard: z.boolean().default(false).describe('delete what has arrived, and forget the download'),
  }),
  result: nothing,
} as const;

export const deleteModelRequest = {
  method: 'vramesh/deleteModel',
  kind: 'request',
  direction: 'editor to host',
  description: 'Deletes a model that VRAMesh has fetched. Ask the user first. Refused while it is placed.',
  params: z.object({ model_id: modelId }),
  result: nothing,
} as const;
