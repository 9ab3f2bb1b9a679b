/**
 * Topology page ↔ whoever answers it: the client over `postMessage`, or a connection inside the page that speaks the HTTP
 * API. The page imports these as types only, so that zod stays out of its bundle; the client checks every action, since
 * what a page sends is untrusted.
 */
import * as z from 'zod';
import { modelElsewhereSchema, modelListingSchema } from './model';
import { previewSchema, wishesSchema } from './placement';
import { stateSchema } from './state';

const problem = z.string().nullable().describe('why not and what to do; null: it went well');
const modelId = z.string().min(1).max(4096).describe('id or name of a model');
const downloadId = z.string().min(1).max(4096).describe('`id` of a download of this machine');

const wishes = wishesSchema.shape;

/** Without the defaults: what comes back is what was asked for. */
export const pageWishesSchema = z
  .object({
    prefer_gpu: wishes.prefer_gpu.unwrap().optional(),
    nodes: wishes.nodes,
    context_size: wishes.context_size,
    sequences: wishes.sequences.unwrap().optional(),
    kv_cache_type: wishes.kv_cache_type.unwrap().optional(),
    role: wishes.role.unwrap().optional(),
  })
  .meta({
    title: 'PageWishes',
    description:
      'The [wishes](#wishes) that a user of the page can have. The host decides what is not wished for.',
  });
export type PageWishes = z.infer<typeof pageWishesSchema>;

export const pageViewSchema = z
  .object({
    type: z.literal('view'),
    state: stateSchema.nullable().describe('null: there is no host'),
    problem: z
      .string()
      .nullable()
      .describe('why there is no host and what to do; null while one is waited for'),
  })
  .meta({ title: 'PageView', description: 'To the page: everything that it shows of the cluster.' });
export type PageView = z.infer<typeof pageViewSchema>;

export const pageModelsSchema = z
  .object({
    type: z.literal('models'),
    models: z.array(modelListingSchema),
    elsewhere: z.array(modelElsewhereSchema),
    problem,
  })
  .meta({ title: 'PageModels', description: 'To the page: the models that can be placed.' });
export type PageModels = z.infer<typeof pageModelsSchema>;

export const pagePreviewsSchema = z
  .object({
    type: z.literal('previews'),
    model_id: modelId.describe('as it was asked for'),
    wishes: pageWishesSchema.describe('as they were asked for'),
    previews: z.array(previewSchema),
    problem,
  })
  .meta({ title: 'PagePreviews', description: 'To the page: what placing a model would come to.' });
export type PagePreviews = z.infer<typeof pagePreviewsSchema>;

export const pageFailureSchema = z
  .object({ type: z.literal('failure'), problem: z.string().describe('what did not work, and what to do') })
  .meta({ title: 'PageFailure', description: 'To the page: something that it asked for did not work.' });
export type PageFailure = z.infer<typeof pageFailureSchema>;

export type ToPage = PageView | PageModels | PagePreviews | PageFailure;

export const pageActionSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('ready').describe('the page has loaded and can show a view') }),
    z.object({ type: z.literal('models').describe('ask for PageModels') }),
    z.object({
      type: z.literal('previews').describe('ask for PagePreviews'),
      model_id: modelId,
      wishes: pageWishesSchema,
    }),
    z.object({
      type: z.literal('place').describe('make this preview true'),
      model_id: modelId,
      preview_id: z.string().min(1).max(4096),
      wishes: pageWishesSchema.describe('those of the preview'),
    }),
    z.object({ type: z.literal('placeOther').describe('let the user choose among files and downloads') }),
    z.object({ type: z.literal('unplace'), instance_id: z.string().min(1).max(256) }),
    z.object({
      type: z.literal('pauseDownload').describe('stop fetching; what has arrived is kept'),
      download_id: downloadId,
    }),
    z.object({
      type: z.literal('resumeDownload').describe('go on with one that stopped'),
      download_id: downloadId,
    }),
    z.object({
      type: z.literal('discardDownload').describe('ask the user, then delete what has arrived'),
      download_id: downloadId,
    }),
    z.object({ type: z.literal('invite') }),
    z.object({ type: z.literal('join') }),
    z.object({ type: z.literal('diagnose') }),
    z.object({ type: z.literal('restartHost') }),
    z.object({ type: z.literal('showLog') }),
  ])
  .meta({ title: 'PageAction', description: 'From the page: what the user asked for.' });
export type PageAction = z.infer<typeof pageActionSchema>;
