/** What all commands say in the same way. */

/** `--json` prints one document for programs, otherwise a text for people. */
export function print(result: object, json: boolean | undefined, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(result, null, 2) : text}\n`);
}

/** An aborted signal when the user presses Ctrl-C, instead of a dead process with its request still running. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
