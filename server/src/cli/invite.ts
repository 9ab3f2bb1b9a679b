/** `vramesh invite`: one line with which another machine joins the cluster. */
import { Command } from 'commander';
import { inviteRequest } from '#protocol';
import { openConnection } from './connection';
import { print } from './output';

export function inviteCommand(): Command {
  return new Command('invite')
    .description('let another machine join: prints a line for "vramesh join" on that machine')
    .option('--json', 'print the line and when it expires')
    .action(async (options: { json?: boolean }) => {
      const host = await openConnection();
      const invitation = await host.request(inviteRequest, {});
      host.close();
      const words = [
        'On the other machine, within ten minutes (good for one machine; it holds a secret):',
        '',
        `vramesh join ${invitation.line}`,
      ];
      print(invitation, options.json, words.join('\n'));
    });
}
