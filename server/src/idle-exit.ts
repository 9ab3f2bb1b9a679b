/** Ends a host that nobody needs: no client, and nothing that a user has placed, for a while. */

export interface IdleExit {
  clientCame(): void;
  clientWent(): void;
  close(): void;
}

/** @param options.seconds without use; `null`: never, since `vramesh serve` was asked for */
export function watchIdle(options: { seconds: number | null; inUse(): boolean; exit(): void }): IdleExit {
  let clients = 0;
  let timer: NodeJS.Timeout | null = null;

  const stop = () => {
    if (timer) clearTimeout(timer);
    timer = null;
  };
  const start = () => {
    stop();
    if (options.seconds === null || clients > 0) return;
    timer = setTimeout(() => {
      if (options.inUse()) start();
      else options.exit();
    }, options.seconds * 1000);
  };

  start();
  return {
    clientCame() {
      clients += 1;
      stop();
    },
    clientWent() {
      clients -= 1;
      start();
    },
    close: stop,
  };
}
