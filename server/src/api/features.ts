/** Every feature of the API. To add one: write a file that registers its routes, and name it here. */
import { events } from './events';
import { gpuInfoRoute } from './gpu-info';
import { health } from './health';
import type { ApiParts } from './index';
import { instanceRoute } from './instance';
import { infillRoute } from './llama-server/infill';
import { propsRoute } from './llama-server/props';
import { tokenizeRoute } from './llama-server/tokenize';
import { metricsRoute } from './metrics';
import { modelsRoute } from './models';
import { chatCompletionsRoute } from './openai/chat-completions';
import { completionsRoute } from './openai/completions';
import { modelsRoute as openAiModelsRoute } from './openai/models';
import { openapi } from './openapi';
import { pageRoute } from './page';
import { placeInstanceRoute } from './place-instance';
import { previewsRoute } from './previews';
import type { ApiServer } from './server';
import { stateRoute } from './state';

/** Adds the routes of one feature. It must only register: nothing may start before a request comes. */
export type Feature = (app: ApiServer, parts: ApiParts) => void;

const features: readonly Feature[] = [
  health,
  stateRoute,
  gpuInfoRoute,
  events,
  metricsRoute,
  modelsRoute,
  previewsRoute,
  placeInstanceRoute,
  instanceRoute,
  pageRoute,
  infillRoute,
  propsRoute,
  tokenizeRoute,
  openAiModelsRoute,
  completionsRoute,
  chatCompletionsRoute,
];

export function registerFeatures(app: ApiServer, parts: ApiParts): void {
  for (const feature of features) feature(app, parts);
  openapi(app, parts.version, (blank) => registerFeatures(blank, parts));
}
