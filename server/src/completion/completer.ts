/** The way of one request: refuse, remember, wait, ask, filter. */
import type { FimTokens } from '#protocol';
import { createCache } from './cache';
import { createFilter, type Filtered } from './filters';
import { createFlights } from './flights';
import type { Clock, Completer, CompletionModel, CompletionRequest, GenerateRequest, Outcome } from './index';
import { budget, fimPrompt, windows } from './prompt';
import { createCollector } from './stop';
import { look, type Surroundings } from './surroundings';
import { untilAborted } from './until-aborted';

/** Greedy: the same place gets the same completion, so it may be remembered. */
const TEMPERATURE = 0;
const WORD = /^[\p{L}\p{N}_]/u;

export function createCompleter({ clock }: { clock: Clock }): Completer {
  const cache = createCache();
  const flights = createFlights();

  async function complete(request: CompletionRequest, model: CompletionModel): Promise<Outcome> {
    const { uri, explicit, signal } = request;
    if (signal.aborted) return none('cancelled');
    const flight = flights.start(uri, signal);
    try {
      if (model.fim === null) {
        return none('the model has no fill-in-the-middle tokens, so it cannot complete at the cursor');
      }
      const tokens = budget(model, request.maxTokens);
      const around = look(request, windows(tokens));
      if (typeof around === 'string') return none(around);
      if (!explicit && WORD.test(around.suffix)) return none('the cursor is inside a word');

      const place = { modelKey: model.key, languageId: request.languageId, around };
      const remembered = cache.find(place);
      if (remembered === '' && !explicit)
        return none('the model had nothing useful to say here a moment ago');
      if (remembered) return suggest(request, around, { text: remembered, replaced: 0 }, 'cache');

      if (!explicit && request.debounceMs > 0) await clock.delay(request.debounceMs, flight.signal);
      if (flight.ended !== null) return none(flight.ended);

      const written = await write(model, around, model.fim, {
        prompt: fimPrompt(model.fim, around, tokens),
        maxTokens: tokens.completion,
        temperature: TEMPERATURE,
        affinity: uri,
        signal: flight.signal,
      });
      if (flight.ended !== null) return none(flight.ended);

      const filtered = createFilter(around, model.fim, request)(written);
      // The cache knows texts that are inserted, not what one replaces.
      if (filtered.replaced === 0) cache.remember(place, filtered.text);
      return filtered.dropped === null
        ? suggest(request, around, filtered, 'engine')
        : none(filtered.dropped);
    } catch (error) {
      if (flight.ended !== null) return none(flight.ended);
      return none(`the engine failed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      flight.land();
    }
  }

  return { complete, forget: (uri) => flights.end(uri, 'the document was closed') };
}

/** Lets the model write until it ends, or has said enough, or nobody waits any more. */
async function write(
  model: CompletionModel,
  around: Surroundings,
  fim: FimTokens,
  request: GenerateRequest,
): Promise<string> {
  const collector = createCollector(around, fim);
  for await (const piece of untilAborted(model.generate(request), request.signal)) {
    if (!collector.take(piece)) break;
  }
  return collector.text();
}

function suggest(
  { offset, selected }: CompletionRequest,
  around: Surroundings,
  { text, replaced }: Pick<Filtered, 'text' | 'replaced'>,
  source: 'cache' | 'engine',
): Outcome {
  const insertText = (selected?.text ?? '') + text.replaceAll('\n', around.eol);
  return {
    kind: 'suggestion',
    suggestion: { insertText, start: selected?.start ?? offset, end: offset + replaced },
    source,
  };
}

function none(reason: string): Outcome {
  return { kind: 'none', reason };
}
