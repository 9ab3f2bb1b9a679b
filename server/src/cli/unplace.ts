/** `vramesh unplace INSTANCE`: removes a placed model and frees its memory. */
import { Command } from 'commander';
import { getStateRequest, unplaceRequest } from '#protocol';
import { openConnection } from './connection';
import { print } from './output';

export function unplaceCommand(): Command {
  return new Command('unplace')
    .description('remove a placed model and free its memory')
    .argument('<instance>', 'id of the instance, or name of its model')
    .option('--json', 'print what was removed')
    .action(async (wanted: string, options: { json?: boolean }) => {
      const host = await openConnection();
      const { instances } = await host.request(getStateRequest, {});
      const found = instances.find(
        ({ id, model }) => id === wanted || model.id === wanted || model.name === wanted,
      );
      const id = found?.id ?? wanted;
      await host.request(unplaceRequest, { instance_id: id });
      print({ instance_id: id }, options.json, `${id} was removed; its memory is free.`);
      host.close();
    });
}
