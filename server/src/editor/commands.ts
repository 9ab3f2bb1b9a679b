/** `workspace/executeCommand`: features name their commands, and the handshake lists them. */
import {
  type Connection,
  ErrorCodes,
  ExecuteCommandRequest,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageserver/node';
import * as z from 'zod';
import { onStandardRequest } from './checked';
import { type ProgressToken, progressTokenSchema } from './progress';

export interface CommandCall {
  /** As the client sent them. */
  readonly args: readonly unknown[];
  /** Where the client wants to hear of progress. */
  readonly workDoneToken: ProgressToken | null;
  readonly signal: AbortSignal;
}

export interface Commands {
  add(name: string, run: (call: CommandCall) => unknown): void;
  names(): string[];
}

const paramsSchema = z.object({
  command: z.string(),
  arguments: z.array(z.unknown()).default([]),
  workDoneToken: progressTokenSchema.optional(),
});

export function createCommands(connection: Connection): Commands {
  const commands = new Map<string, (call: CommandCall) => unknown>();

  onStandardRequest(connection, ExecuteCommandRequest.method, paramsSchema, async (params, signal) => {
    const { command, arguments: args, workDoneToken = null } = params;
    const run = commands.get(command);
    if (run === undefined)
      return new ResponseError(ErrorCodes.InvalidParams, `There is no command ${command.slice(0, 100)}.`);
    try {
      return (await run({ args, workDoneToken, signal })) ?? null;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return new ResponseError(LSPErrorCodes.RequestFailed, reason);
    }
  });

  return {
    add: (name, run) => void commands.set(name, run),
    names: () => [...commands.keys()],
  };
}
