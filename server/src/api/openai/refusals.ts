/** What any request to generate may be refused with. */
import { openAiErrorResponse } from '../errors';

export const refusals = {
  400: openAiErrorResponse(
    'A field is not right, cannot be had of this model, or the prompt is longer than the context.',
  ),
  404: openAiErrorResponse('There is no such model.'),
  429: openAiErrorResponse('Too many requests wait for this model; `Retry-After` says when to ask again.'),
  503: openAiErrorResponse(
    'The model is not placed, or not ready; `Retry-After` says when to ask again, the message how far it is.',
  ),
};
