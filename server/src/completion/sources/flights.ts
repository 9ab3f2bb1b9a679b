/** Generations under way: at most one per document. */
import type { Flight } from './flight';

export interface Flights {
  /** null: this model writes nothing for this document. */
  of(uri: string, modelKey: string): Flight | null;
  /** Takes the place of the one before, which ends. */
  begin(uri: string, modelKey: string, flight: Flight): void;
  /** Ends it unless it is good for something still. */
  keep(uri: string, isGood: (flight: Flight) => boolean, reason: string): void;
  end(uri: string, reason: string): void;
  /** Nothing is under way for a document. */
  over(uri: string): Promise<void>;
}

export const superseded = 'superseded by a newer request';

export function createFlights(): Flights {
  const flights = new Map<string, { readonly modelKey: string; readonly flight: Flight }>();

  function end(uri: string, reason: string): void {
    flights.get(uri)?.flight.end(reason);
    flights.delete(uri);
  }

  return {
    end,
    of(uri, modelKey) {
      const found = flights.get(uri);
      return found?.modelKey === modelKey ? found.flight : null;
    },
    begin(uri, modelKey, flight) {
      end(uri, superseded);
      flights.set(uri, { modelKey, flight });
      void flight.over.then(() => {
        if (flights.get(uri)?.flight === flight) flights.delete(uri);
      });
    },
    keep(uri, isGood, reason) {
      const found = flights.get(uri);
      if (found !== undefined && !isGood(found.flight)) end(uri, reason);
    },
    async over(uri) {
      for (let found = flights.get(uri); found !== undefined; found = flights.get(uri))
        await found.flight.over;
    },
  };
}
