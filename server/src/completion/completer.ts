/**
 * The way of one request: what is on the screen, what was offered before, what is being written, and only then a new
 * question to the model.
 */
import type { CompletionSource } from '#protocol';
import { alternatives } from './alternatives';
import { anchorAt } from './anchor';
import { explain } from './explain';
import type { Syntax } from './grammar';
import type { Clock, Completer, CompletionModel, CompletionRequest, Outcome, Suggestion } from './index';
import { type Job, prepare } from './job';
import type { Measures } from './measures';
import { type EditKind, refuse } from './refusals';
import { type Answer, createCache } from './sources/cache';
import { type Landing, takeOff } from './sources/flight';
import { createFlights, superseded } from './sources/flights';
import { createShown } from './sources/shown';
import { createSpeculation } from './speculation';
import { createDebounce } from './timing/debounce';
import { type WarmRequest, warm } from './warm';

/** One request, and what it comes to for its model. */
interface Question {
  readonly request: CompletionRequest;
  readonly model: CompletionModel;
  readonly job: Job;
}

export interface CompleterParts {
  readonly clock: Clock;
  readonly syntax: Syntax;
  readonly measures: Measures;
}

export function createCompleter({ clock, syntax, measures }: CompleterParts): Completer {
  const shown = createShown();
  const cache = createCache();
  const flights = createFlights();
  const debounce = createDebounce();
  /** Idle work of which at most one is under way for a document, and none while a user's is. */
  const warming = new Map<string, Promise<void>>();
  const speculation = createSpeculation({ clock, syntax, cache, measures, quiet });
  const edits = new Map<string, EditKind>();
  /** The request that is being answered, by document: a newer one ends it, with the reason. */
  const current = new Map<string, AbortController>();
  let lastId = 0;

  async function complete(asked: CompletionRequest, model: CompletionModel): Promise<Outcome> {
    const { uri } = asked;
    const begin = clock.now();
    if (asked.signal.aborted) return none('cancelled');
    const controller = new AbortController();
    const cancel = () => controller.abort('cancelled');
    asked.signal.addEventListener('abort', cancel, { once: true });
    current.get(uri)?.abort(superseded);
    current.set(uri, controller);
    speculation.drop(uri);

    const request = { ...asked, signal: controller.signal };
    const outcome = await answer(request, model);
    asked.signal.removeEventListener('abort', cancel);
    if (current.get(uri) === controller) current.delete(uri);
    measures.requested(outcome.kind === 'none' ? null : outcome.source);
    if (outcome.kind === 'none') return outcome;
    if (outcome.source === 'engine') measures.waited(clock.now() - begin);
    speculation.begin(request, model, outcome.suggestion);
    return outcome;
  }

  async function answer(request: CompletionRequest, model: CompletionModel): Promise<Outcome> {
    const { uri, explicit, signal } = request;
    const job = await prepare(request, model, syntax);
    if (signal.aborted) return none(String(signal.reason));
    if (typeof job === 'string') return none(job);
    const refusal = refuse(request, job.around, edits.get(uri) ?? null);
    if (refusal !== null) return none(refusal);

    const question = { request, model, job };
    const onScreen = explicit ? null : shown.match(request);
    if (onScreen !== null)
      return { kind: 'suggestion', suggestion: onScreen, alternatives: [], source: 'screen' };
    const remembered = cache.find(job.place);
    // Who asks explicitly may get what would not be worth an interruption.
    if (remembered?.text === '' && !explicit)
      return none('the model had nothing useful to say here a moment ago');
    if (remembered && remembered.text !== '') return offer(question, remembered, null, 'cache');

    const before = await landing(request, job);
    if (before !== null && before.kind !== 'diverged') return conclude(question, before, 'flight');
    flights.end(uri, superseded);
    const pause = explicit ? 0 : (request.debounce ?? debounce.wait());
    if (pause > 0) await clock.delay(pause, signal);
    if (signal.aborted) return none(String(signal.reason));
    depart(request, model, job);
    const after = await landing(request, job);
    return conclude(question, after ?? { kind: 'ended', reason: superseded }, 'engine');
  }

  /** Waits for what this model is writing for this document; null: nothing that would fit. */
  async function landing(request: CompletionRequest, { place }: Job): Promise<Landing | null> {
    const flight = flights.of(request.uri, place.modelKey);
    const typed = flight?.fits(request) ?? null;
    return flight === null || typed === null ? null : flight.wait(typed, request.explicit, request.signal);
  }

  function depart(request: CompletionRequest, model: CompletionModel, job: Job): void {
    const flight = takeOff({
      request,
      job,
      model,
      clock,
      onTimes(ms) {
        debounce.answered(ms.line);
        measures.written(ms);
      },
      onLanded: (whole) => cache.remember(job.place, whole),
      onCost: measures.cost,
    });
    flights.begin(request.uri, job.place.modelKey, flight);
  }

  async function conclude(question: Question, landed: Landing, source: CompletionSource): Promise<Outcome> {
    if (landed.kind === 'diverged') return none('something else was typed meanwhile');
    if (landed.kind !== 'answer') return none(landed.reason);
    return offer(question, landed.answer, landed.answer.dropped, source);
  }

  /** The answer, unless it was dropped, and for somebody who asked for it others, too. */
  async function offer(
    { request, model, job }: Question,
    main: Answer,
    dropped: string | null,
    source: CompletionSource,
  ): Promise<Outcome> {
    const { uri, explicit, signal, text, offset, selected } = request;
    const others = explicit ? await alternatives({ job, model, clock, measures, signal }, main) : [];
    const answers = dropped === null ? [main, ...others] : others;
    const entries = answers.map((answer) => ({
      anchor: anchorAt(text, offset, { offset: selected?.start, replaced: answer.replaced }),
      suggestion: suggest(request, job, answer),
    }));
    const [suggestion, ...rest] = entries.map((entry) => entry.suggestion);
    if (suggestion === undefined) return none(dropped ?? 'there is nothing to offer');
    shown.remember(uri, entries);
    return { kind: 'suggestion', suggestion, alternatives: rest, source };
  }

  function suggest(
    { offset, selected }: CompletionRequest,
    { around }: Job,
    { text, replaced }: Answer,
  ): Suggestion {
    lastId += 1;
    return {
      id: lastId,
      insertText: (selected?.text ?? '') + text.replaceAll('\n', around.eol),
      start: selected?.start ?? offset,
      end: offset + replaced,
    };
  }

  function edited(uri: string, text: string, kind: EditKind): void {
    edits.set(uri, kind);
    debounce.typed(clock.now());
    speculation.drop(uri);
    flights.keep(uri, (flight) => flight.survives(text), 'the document was changed');
  }

  function forget(uri: string): void {
    const reason = 'the document was closed';
    current.get(uri)?.abort(reason);
    flights.end(uri, reason);
    speculation.drop(uri);
    shown.forget(uri);
    edits.delete(uri);
  }

  async function quiet(uri: string): Promise<void> {
    await flights.over(uri);
    await warming.get(uri);
  }

  async function warmUp(request: WarmRequest, model: CompletionModel): Promise<void> {
    const { uri } = request;
    // What it prepares would not be found: it was not told what the next request will be told.
    speculation.drop(uri);
    await quiet(uri);
    const warmed = warm(request, model, { syntax, measures });
    warming.set(uri, warmed);
    await warmed;
    if (warming.get(uri) === warmed) warming.delete(uri);
  }

  return {
    complete,
    edited,
    forget,
    accepted: () => measures.accepted(),
    explain: (request, model) => explain(request, model, { clock, syntax }),
    warm: warmUp,
  };
}

function none(reason: string): Outcome {
  return { kind: 'none', reason };
}
