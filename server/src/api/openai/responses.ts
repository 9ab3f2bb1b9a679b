/** What a request to generate may be answered with. */
import { z } from 'zod';
import { commonOpenAiErrors, openAiErrorResponse } from '../errors';

export function generatingResponses<Schema extends z.ZodType>(description: string, schema: Schema) {
  return {
    200: {
      description: `${description}; with \`stream\`, as server-sent events that end with \`[DONE]\`.`,
      content: {
        'application/json': { schema },
        'text/event-stream': { schema: z.string() },
      },
    },
    400: openAiErrorResponse(
      'A field is not right, cannot be had of this model, or the prompt is longer than the context.',
    ),
    404: openAiErrorResponse('There is no such model.'),
    503: openAiErrorResponse(
      'The model is not placed, or not ready; `Retry-After` says when to ask again, the message how far it is.',
    ),
    ...commonOpenAiErrors,
  };
}
