/** Whether a model has become ready, for those who wait for it. */

export interface Arrival {
  /** Settles when it is ready; rejects with the reason why it will not be. */
  readonly ready: Promise<void>;
  isReady(): void;
  isNot(error: Error): void;
}

export function createArrival(): Arrival {
  let isReady: () => void = () => {};
  let isNot: (error: Error) => void = () => {};
  const ready = new Promise<void>((fulfil, reject) => {
    isReady = fulfil;
    isNot = reject;
  });
  // Whoever placed it waits for it; a model placed by default has nobody who does.
  ready.catch(() => {});
  return { ready, isReady: () => isReady(), isNot: (error) => isNot(error) };
}
