#!/usr/bin/env node
/** The command line. Exit code 0: done; 1: failed, with one clear line on stderr; 2: wrong usage. */
import { Command, CommanderError } from 'commander';
import { completeCommand } from './cli/complete';
import { doctorCommand } from './cli/doctor';
import { inviteCommand } from './cli/invite';
import { joinCommand } from './cli/join';
import { lspCommand } from './cli/lsp';
import { modelsCommand } from './cli/models';
import { peersCommand } from './cli/peers';
import { placeCommand } from './cli/place';
import { previewCommand } from './cli/preview';
import { pullCommand } from './cli/pull';
import { runtimeCommand } from './cli/runtime';
import { serveCommand } from './cli/serve';
import { serviceCommand } from './cli/service';
import { statusCommand } from './cli/status';
import { stopCommand } from './cli/stop';
import { tokenCommand } from './cli/token';
import { unplaceCommand } from './cli/unplace';
import { version } from './version';

const program = new Command('vramesh')
  .description('Your NVIDIA GPUs as one local code-completion engine.')
  .version(version)
  .showHelpAfterError('(add --help for the options)')
  // An option belongs to the command that it follows, also where a command has commands of its own.
  .enablePositionalOptions();

const commands = [
  serveCommand,
  lspCommand,
  statusCommand,
  modelsCommand,
  pullCommand,
  previewCommand,
  placeCommand,
  unplaceCommand,
  completeCommand,
  inviteCommand,
  joinCommand,
  peersCommand,
  tokenCommand,
  serviceCommand,
  runtimeCommand,
  doctorCommand,
  stopCommand,
];
for (const create of commands) program.addCommand(create());
throwInsteadOfExit(program);

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}

program.parseAsync().catch((error: unknown) => {
  // Commander has printed its own message. Its code is 0 for --help and --version.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const reason = error instanceof Error ? error.message : String(error);
    // One line, whatever was passed on; and what a failed command has left open must not keep it alive.
    process.stderr.write(`vramesh: ${reason.trim().replace(/\s*\n\s*/g, ' ')}\n`, () => process.exit(1));
  }
});
