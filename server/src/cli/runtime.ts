/** `vramesh runtime install`: fetches what this machine lacks to use its NVIDIA GPU. `runtime remove` deletes it again. */
import { Command } from 'commander';
import { installRuntimeRequest, removeRuntimeRequest } from '#protocol';
import { openConnection } from './connection';
import { print, untilInterrupted } from './output';
import { cut, plain } from './terminal-text';

const progressToken = 'runtime';

interface Options {
  json?: boolean;
}

export function runtimeCommand(): Command {
  return new Command('runtime')
    .description('fetch what this machine lacks to run models on CUDA, or delete it')
    .addCommand(
      new Command('install')
        .description(
          "fetch llama.cpp for CUDA from the npm registry, and CUDA's libraries from NVIDIA, under NVIDIA's licence",
        )
        .option('--json', 'print what was installed')
        .action(install),
    )
    .addCommand(
      new Command('remove')
        .description('delete what was fetched')
        .option('--json', 'print whether there was anything')
        .action(remove),
    );
}

async function install(options: Options): Promise<void> {
  const host = await openConnection();
  const terminal = process.stderr.isTTY;
  host.onNotification('$/progress', (params) => {
    const { value } = params as { value: { message?: string; percentage?: number } };
    if (!terminal || value.message === undefined) return;
    const text = cut(`${value.percentage} % · ${plain(value.message)}`, (process.stderr.columns || 80) - 1);
    process.stderr.write(`\r${text}\u001b[K`);
  });
  const interrupted = untilInterrupted();
  const answer = await host
    .request(installRuntimeRequest, { workDoneToken: progressToken }, interrupted)
    .catch((error: unknown) => {
      if (!interrupted.aborted) throw error;
      throw new Error('It was stopped. What has arrived is kept: "vramesh runtime install" goes on.');
    })
    .finally(() => {
      if (terminal) process.stderr.write('\r\u001b[K');
    });
  host.close();
  const lines = answer.installed.map((name) => `Installed ${plain(name)}.`);
  const words =
    lines.length === 0 ? ['Nothing is missing.'] : [...lines, 'The host uses it after "vramesh stop".'];
  print(answer, options.json, words.join('\n'));
}

async function remove(options: Options): Promise<void> {
  const host = await openConnection();
  const answer = await host.request(removeRuntimeRequest, {});
  host.close();
  print(answer, options.json, answer.removed ? 'The CUDA runtime was deleted.' : 'There was none.');
}
