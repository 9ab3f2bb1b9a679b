/**
 * Topology page ↔ whoever answers it: the client over `postMessage`, or a connection inside the page that speaks the HTTP
 * API. The page imports these as types only, so that zod stays out of its bundle; the client checks every action, since
 * what a page sends is untrusted.
 */
import * as z from 'zod';
import { modelElsewhereSchema, modelListingSchema } from './model';
import { previewSchema } from './placement';
import { stateSchema } from './state';

const problem = z.string().nullable().describe('why not and what to do; null: it went well');
const modelId = z.string().min(1).max(4096).describe('id or name of a model');

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
    z.object({ type: z.literal('previews').describe('ask for PagePreviews'), model_id: modelId }),
    z.object({
      type: z.literal('place').describe('make this preview true'),
      model_id: modelId,
      preview_id: z.string().min(1).max(4096),
    }),
    z.object({
      type: z
        .literal('placeOther')
        .describe('let the user choose among files and downloads, with other wishes'),
    }),
    z.object({ type: z.literal('unplace'), instance_id: z.string().min(1).max(256) }),
    z.object({ type: z.literal('invite') }),
    z.object({ type: z.literal('join') }),
    z.object({ type: z.literal('diagnose') }),
    z.object({ type: z.literal('restartHost') }),
    z.object({ type: z.literal('showLog') }),
  ])
  .meta({ title: 'PageAction', description: 'From the page: what the user asked for.' });
export type PageAction = z.infer<typeof pageActionSchema>;
