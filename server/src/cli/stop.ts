/** `vramesh stop`: ends the host and every engine. */
import { Command } from 'commander';
import { stopRequest } from '#protocol';
import { openRunning } from './connection';
import { print } from './output';

export function stopCommand(): Command {
  return new Command('stop')
    .description('end the host and free all memory that it holds')
    .option('--json', 'print whether a host was running')
    .action(async (options: { json?: boolean }) => {
      const host = await openRunning();
      if (host) {
        await host.request(stopRequest, {});
        // It closes the connection when its engines are gone.
        await host.watch(() => false).catch(() => {});
        host.close();
      }
      print({ stopped: host !== null }, options.json, host ? 'The host has ended.' : 'No host was running.');
    });
}
