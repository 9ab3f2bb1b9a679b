/** `vramesh preview MODEL`: every way to place a model, and why the others cannot be. Changes nothing. */
import { Command } from 'commander';
import { previewsRequest } from '#protocol';
import { openConnection } from './connection';
import { stdoutLook } from './look';
import { print } from './output';
import { previewTable } from './preview-table';
import { addWishes, modelId, type WishOptions, wishesOf } from './wishes';

export function previewCommand(): Command {
  return addWishes(
    new Command('preview').description('show what placing a model would come to: devices, memory, speed'),
  )
    .option('--json', 'print the previews')
    .action(async (model: string, options: WishOptions & { json?: boolean }) => {
      const host = await openConnection();
      const wishes = { model_id: modelId(model), ...wishesOf(options) };
      const { previews } = await host.request(previewsRequest, wishes);
      host.close();
      print({ previews }, options.json, previewTable(previews, stdoutLook()));
    });
}
