/** What any request to generate may be refused with. */
import { errorResponse } from '../errors';

export const refusals = {
  400: errorResponse('A field is not right, or cannot be had of this model.'),
  404: errorResponse('There is no such model.'),
  429: errorResponse('Too many requests wait for this model; `Retry-After` says when to ask again.'),
  503: errorResponse(
    'The model is not placed, or not ready; `Retry-After` says when to ask again, the message how far it is.',
  ),
};
