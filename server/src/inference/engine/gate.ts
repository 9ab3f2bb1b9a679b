/**
 * node-llama-cpp keeps the context to itself for as long as any sequence asks for another token. With several at work that
 * is without end, and whoever has to erase something of a sequence waits for all of them. So all pause for it between two
 * tokens.
 */

export interface Gate {
  /** Does what needs the context, while nobody asks for tokens. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  /** What to wait for before the next token; null: nothing. */
  readonly closed: Promise<void> | null;
}

export function createGate(): Gate {
  let working = 0;
  let closed: Promise<void> | null = null;
  let open = () => {};
  return {
    get closed() {
      return closed;
    },
    async alone(work) {
      working += 1;
      closed ??= new Promise((fulfil) => {
        open = fulfil;
      });
      try {
        return await work();
      } finally {
        working -= 1;
        if (working === 0) {
          closed = null;
          open();
        }
      }
    },
  };
}
