/** `POST /tokenize` and `POST /detokenize`: text to tokens and back, as llama.cpp's server has it. */
import { z } from 'zod';
import { detokenizeBodySchema, tokenizeBodySchema, tokensSchema } from '#protocol';
import { commonErrors } from '../errors';
import type { Feature } from '../features';
import { refusals } from './refusals';

export const tokenizeRoute: Feature = (app, { generating }) => {
  app.post(
    '/tokenize',
    {
      schema: {
        summary: 'Text to the tokens of a model',
        body: tokenizeBodySchema,
        response: { 200: z.object({ tokens: tokensSchema }), ...refusals, ...commonErrors },
      },
    },
    (request) => {
      const { model, content: text, add_special, parse_special } = request.body;
      return generating.with(request, model, async ({ tokenize }) => ({
        tokens: await tokenize({ text, add_special, parse_special }),
      }));
    },
  );

  app.post(
    '/detokenize',
    {
      schema: {
        summary: 'Tokens of a model to text',
        body: detokenizeBodySchema,
        response: { 200: z.object({ content: z.string() }), ...refusals, ...commonErrors },
      },
    },
    (request) => {
      const { model, tokens } = request.body;
      return generating.with(request, model, async ({ detokenize }) => ({
        content: await detokenize(tokens),
      }));
    },
  );
};
