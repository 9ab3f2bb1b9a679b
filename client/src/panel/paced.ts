/** Runs an action at once, then at most once in an interval; what is asked for in between is done at its end. */
export interface Paced {
  run(): void;
  cancel(): void;
}

/** @param interval ms */
export function paced(interval: number, action: () => void): Paced {
  let timer: NodeJS.Timeout | undefined;
  let askedAgain = false;

  function run(): void {
    if (timer) {
      askedAgain = true;
      return;
    }
    timer = setTimeout(() => {
      timer = undefined;
      if (askedAgain) run();
    }, interval);
    askedAgain = false;
    action();
  }

  return {
    run,
    cancel() {
      clearTimeout(timer);
      timer = undefined;
      askedAgain = false;
    },
  };
}
