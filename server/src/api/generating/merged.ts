/** Several texts that are written side by side, as one sequence of what comes. */

export interface Arrival<Item> {
  readonly index: number;
  /** null: this one has ended */
  readonly item: Item | null;
}

/** To stop iterating, or an error of one, ends all of them. */
export async function* merged<Item>(sources: readonly AsyncIterable<Item>[]): AsyncGenerator<Arrival<Item>> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const next = async (index: number): Promise<Arrival<Item>> => {
    const { value, done } = (await iterators[index]?.next()) ?? { value: null, done: true };
    return { index, item: done ? null : value };
  };
  const pending = new Map(iterators.map((_iterator, index) => [index, next(index)]));
  try {
    while (pending.size > 0) {
      const arrival = await Promise.race(pending.values());
      if (arrival.item === null) pending.delete(arrival.index);
      else pending.set(arrival.index, next(arrival.index));
      yield arrival;
    }
  } finally {
    // What still comes of the others is nobody's.
    for (const promise of pending.values()) promise.catch(() => {});
    for (const iterator of iterators) void iterator.return?.();
  }
}
