/** `vramesh peers`: the other machines of the cluster. `peers remove` ends the trust in one, `peers leave` in all. */
import { Command } from 'commander';
import { leaveRequest, peersRequest, removePeerRequest } from '#protocol';
import { openConnection } from './connection';
import { stdoutLook } from './look';
import { print } from './output';
import { peerTable } from './peer-table';
import { plain } from './terminal-text';

interface Options {
  json?: boolean;
}

export function peersCommand(): Command {
  return new Command('peers')
    .description('show the other machines of the cluster')
    .option('--json', 'print them')
    .action(list)
    .enablePositionalOptions()
    .addCommand(
      new Command('remove')
        .description('end the trust in a machine, on every member')
        .argument('<machine>', 'its name, or its id or the beginning of it')
        .option('--json', 'print what was removed')
        .action(remove),
    )
    .addCommand(
      new Command('leave')
        .description('leave the cluster: this machine trusts nobody any more')
        .option('--json', 'print when it is done')
        .action(leave),
    );
}

async function list(options: Options): Promise<void> {
  const host = await openConnection();
  const { peers } = await host.request(peersRequest, {});
  host.close();
  print({ peers }, options.json, peerTable(peers, stdoutLook()));
}

async function remove(machine: string, options: Options): Promise<void> {
  const host = await openConnection();
  const removed = await host.request(removePeerRequest, { node_id: machine });
  host.close();
  const others = removed.told === 1 ? '1 other member knows' : `${removed.told} other members know`;
  const words = `${plain(removed.removed)} is not trusted any more. ${others} of it now; the rest at their next contact.`;
  print(removed, options.json, words);
}

async function leave(options: Options): Promise<void> {
  const host = await openConnection();
  await host.request(leaveRequest, {});
  host.close();
  print({ left: true }, options.json, 'This machine has left its cluster.');
}
