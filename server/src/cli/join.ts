/** `vramesh join LINE`: redeems an invitation. */
import { Command } from 'commander';
import { joinRequest } from '#protocol';
import { openConnection } from './connection';
import { stdoutLook } from './look';
import { print } from './output';
import { peerTable } from './peer-table';
import { plain } from './terminal-text';

export function joinCommand(): Command {
  return new Command('join')
    .description('join the cluster of the machine that printed this line')
    .argument('<line>', 'what "vramesh invite" printed there; it begins with "vramesh:"')
    .option('--json', 'print who is in the cluster')
    .action(async (line: string, options: { json?: boolean }) => {
      const host = await openConnection();
      const joined = await host.request(joinRequest, { line });
      host.close();
      const words = [
        `This machine and ${plain(joined.inviter)} trust each other now.`,
        peerTable(joined.peers, stdoutLook()),
      ];
      print(joined, options.json, words.join('\n'));
    });
}
