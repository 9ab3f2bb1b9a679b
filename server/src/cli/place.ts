/** `vramesh place MODEL`: places a model and waits until it is ready. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { type Instance, placeRequest } from '#protocol';
import { openConnection } from './connection';
import { print, untilInterrupted } from './output';
import { wholeNumber } from './serve';

const progressToken = 'place';

export function placeCommand(): Command {
  return new Command('place')
    .description('load a model on the GPU, or on the CPU where there is none')
    .argument('<model>', 'name of a model, or path of a GGUF file')
    .option('--context-size <TOKENS>', 'tokens of context per request', wholeNumber(256, 1_048_576))
    .option('--json', 'print the instance')
    .action(place);
}

async function place(model: string, options: { contextSize?: number; json?: boolean }): Promise<void> {
  const host = await openConnection();
  const showProgress = process.stderr.isTTY;
  host.onNotification('$/progress', (params) => {
    const { value } = params as { value: { percentage?: number } };
    if (showProgress && value.percentage !== undefined)
      process.stderr.write(`\rloading ${value.percentage} %\u001b[K`);
  });
  const { instance } = await host
    .request(
      placeRequest,
      {
        // The host has another working directory.
        model_id: existsSync(model) ? resolve(model) : model,
        workDoneToken: progressToken,
        ...(options.contextSize === undefined ? {} : { context_size: options.contextSize }),
      },
      untilInterrupted(),
    )
    .finally(() => {
      if (showProgress) process.stderr.write('\r\u001b[K');
    });
  print({ instance }, options.json, describe(instance));
  host.close();
}

function describe(instance: Instance): string {
  const where =
    instance.backend === 'cpu' || instance.backend === null
      ? `the CPU, ${instance.threads ?? '—'} thread(s)`
      : `${instance.devices.join(', ')} (${instance.backend}), ${instance.layers_on_gpu} of ${instance.layers} layers`;
  return [`${instance.id} is ready on ${where}.`, instance.note].filter((line) => line !== null).join('\n');
}
