/** What completions are worth and cost, and how one came about. */
import * as z from 'zod';
import { generationStatsSchema } from './generation';

const count = z.number().int().nonnegative();

const percentilesSchema = z
  .object({ p50: z.number().nonnegative(), p95: z.number().nonnegative() })
  .meta({ title: 'Percentiles', description: 'Of the last 200 times, in ms.' });

export const completionMeasuresSchema = z
  .object({
    requests: count.describe('most of them at a key'),
    answered: z
      .object({
        screen: count.describe('what was typed of the one on the screen is what it says'),
        cache: count.describe('it was offered there before'),
        flight: count.describe('a generation was under way for an earlier key'),
        engine: count.describe('a new generation'),
      })
      .describe('requests with a suggestion, by where it came from'),
    shown: count.describe('suggestions; one that is typed along counts once'),
    accepted: count,
    first_token_ms: percentilesSchema
      .nullable()
      .describe('from asking the engine; null: it was not asked yet'),
    total_ms: percentilesSchema.nullable().describe('from the request to a suggestion of the engine'),
    tokens: z
      .object({
        reused: count.describe('of prompts, found in the KV cache'),
        evaluated: count.describe('of prompts'),
        generated: count,
        wasted: count.describe('generated, and never shown'),
      })
      .describe('of all engines that were asked, speculation and warming included'),
    slow: z.boolean().describe('half of the last answers took more than 1.5 s to their first line'),
  })
  .meta({
    title: 'CompletionMeasures',
    description: 'Counted since the host started, on this machine only. No code is stored.',
  });
export type CompletionMeasures = z.infer<typeof completionMeasuresSchema>;
export type CompletionSource = keyof CompletionMeasures['answered'];

export const explanationSchema = z
  .object({
    model: z.string(),
    prompt: z.string().describe('as it was sent; special tokens as the vocabulary spells them'),
    context: z
      .array(
        z.object({
          path: z.string(),
          line: count.describe('the first, from 0'),
          lines: count,
          origin: z.string().describe('opened, visited, edited, saved, copied or definition'),
        }),
      )
      .describe('the pieces of other files in it'),
    extent: z.enum(['line', 'block']).describe('how much was asked for'),
    written: z.string().describe('by the model, until it ended or was stopped'),
    stopped: z.string().nullable().describe('the rule that had enough; null: the model ended by itself'),
    cost: generationStatsSchema.nullable().describe('null: the engine did not tell'),
    filters: z.array(z.object({ filter: z.string(), text: z.string().describe('after it') })),
    offered: z.string().describe('empty: nothing'),
    reason: z.string().nullable().describe('why nothing is offered; null: something is'),
  })
  .meta({ title: 'Explanation', description: 'How one completion came about.' });
export type Explanation = z.infer<typeof explanationSchema>;
