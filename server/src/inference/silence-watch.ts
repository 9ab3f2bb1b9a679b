/** Notices an engine that owes an answer and says nothing: frozen, or stuck in a GPU driver. */

export interface SilenceWatch {
  /** The engine has something to do now; silence counts from here. */
  begin(): void;
  /** It said something. */
  heard(): void;
  /** It owes nothing any more. */
  end(): void;
}

/** @param limitMs of silence before `onSilent` is called, once. */
export function createSilenceWatch(limitMs: number, onSilent: () => void): SilenceWatch {
  let timer: NodeJS.Timeout | null = null;
  return {
    begin() {
      timer ??= setTimeout(onSilent, limitMs);
    },
    heard() {
      timer?.refresh();
    },
    end() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
