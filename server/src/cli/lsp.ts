/** `vramesh lsp --stdio`: the host as a language server for editors that start one as a child process. */
import { Command } from 'commander';
import { attach, homeFolder } from '#protocol/attach';

export function lspCommand(): Command {
  return new Command('lsp')
    .description('speak the language server protocol on stdin and stdout')
    .requiredOption('--stdio', 'the only transport')
    .option('--json', 'no effect: the protocol is JSON')
    .action(async () => {
      const socket = await attach({ home: homeFolder(), program: __filename });
      // 'close' follows: a host that was killed, or an editor that no longer reads, is an end like any other.
      socket.on('error', () => {});
      process.stdout.on('error', () => socket.destroy());
      process.stdin.pipe(socket);
      socket.pipe(process.stdout);
      await new Promise<void>((fulfil) => socket.once('close', () => fulfil()));
      // The host is gone or has closed: an open stdin would keep this process alive.
      process.exit(0);
    });
}
