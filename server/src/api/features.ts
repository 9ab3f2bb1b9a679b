/** Every feature of the API. To add one: write a file that registers its routes, and name it here. */
import { events } from './events';
import type { Generating } from './generating';
import { gpuInfoRoute } from './gpu-info';
import { health } from './health';
import type { ApiParts } from './index';
import { instanceRoute } from './instance';
import { infillRoute } from './llama-server/infill';
import { propsRoute } from './llama-server/props';
import { tokenizeRoute } from './llama-server/tokenize';
import { modelsRoute } from './models';
import { chatCompletionsRoute } from './openai/chat-completions';
import { completionsRoute } from './openai/completions';
import { modelsRoute as openAiModelsRoute } from './openai/models';
import { openapi } from './openapi';
import { placeInstanceRoute } from './place-instance';
import { previewsRoute } from './previews';
import type { ApiServer } from './server';
import { stateRoute } from './state';

/** Adds the routes of one feature. It must only register: nothing may start before a request comes. */
export type Feature = (app: ApiServer, parts: FeatureParts) => void;

export interface FeatureParts extends ApiParts {
  readonly generating: Generating;
}

const features: readonly Feature[] = [
  health,
  stateRoute,
  gpuInfoRoute,
  events,
  modelsRoute,
  previewsRoute,
  placeInstanceRoute,
  instanceRoute,
  infillRoute,
  propsRoute,
  tokenizeRoute,
  openAiModelsRoute,
  completionsRoute,
  chatCompletionsRoute,
];

export function registerFeatures(app: ApiServer, parts: FeatureParts): void {
  for (const feature of features) feature(app, parts);
  openapi(app, parts.version, (blank) => registerFeatures(blank, parts));
}
