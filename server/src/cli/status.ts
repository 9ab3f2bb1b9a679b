/** `vramesh status`: GPUs, placed models and downloads, once or live. */
import { Command } from 'commander';
import { getStateRequest, lookingNotification, type State } from '#protocol';
import { completionTable } from './completion-table';
import { openConnection } from './connection';
import { stdoutLook } from './look';
import { print, untilInterrupted } from './output';
import { statusTable } from './status-table';

const clearScreen = '\u001b[H\u001b[2J\u001b[3J';

export function statusCommand(): Command {
  return new Command('status')
    .description('show GPUs, placed models and downloads')
    .option('-c, --completions', 'show what completions were worth and cost')
    .option('-w, --watch', 'keep showing it until Ctrl-C')
    .option('--json', 'print the state document, or its part')
    .action(status);
}

interface StatusOptions {
  readonly completions?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

async function status(options: StatusOptions): Promise<void> {
  const host = await openConnection();
  const part = (state: State) => (options.completions ? state.completions : state);
  const table = (state: State) =>
    options.completions ? completionTable(state.completions) : statusTable(state, stdoutLook());

  if (options.watch) {
    const interrupted = untilInterrupted();
    await host.notify(lookingNotification.method, { looking: true });
    const stopped = new Promise<void>((fulfil) =>
      interrupted.addEventListener('abort', () => fulfil(), { once: true }),
    );
    const shown = host.watch((state) => {
      if (options.json) process.stdout.write(`${JSON.stringify(part(state))}\n`);
      else process.stdout.write(`${process.stdout.isTTY ? clearScreen : ''}${table(state)}\n`);
      return false;
    });
    await Promise.race([stopped, shown]);
  } else {
    const state = await host.request(getStateRequest, {});
    print(part(state), options.json, table(state));
  }
  host.close();
}
