/** `vramesh models`: what is on this machine, or with --catalogue what can be fetched. `models delete` frees the disk. */
import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { deleteModelRequest, listModelsRequest, type ModelListing } from '#protocol';
import { type HostConnection, openConnection } from './connection';
import { bytes } from './format';
import { stdoutLook } from './look';
import { catalogueTable, modelTable } from './model-table';
import { print } from './output';
import { plain } from './terminal-text';
import { modelId } from './wishes';

export function modelsCommand(): Command {
  return new Command('models')
    .description('show the models on this machine, what fits where, and what is placed')
    .option('--catalogue', 'show the models that can be fetched with "vramesh pull"')
    .option('--json', 'print the models, or with --catalogue the catalogue')
    .action(list)
    .enablePositionalOptions()
    .addCommand(
      new Command('delete')
        .description('delete a model that was fetched, and free its disk space')
        .argument('<model>', 'name of the model')
        .option('-y, --yes', 'do not ask')
        .option('--json', 'print what was deleted')
        .action(remove),
    );
}

async function list(options: { catalogue?: boolean; json?: boolean }): Promise<void> {
  const host = await openConnection();
  const { models, elsewhere, catalogue } = await host.request(listModelsRequest, {});
  host.close();
  if (options.catalogue) print({ catalogue }, options.json, catalogueTable(catalogue, stdoutLook()));
  else print({ models, elsewhere }, options.json, modelTable(models, elsewhere, stdoutLook()));
}

async function remove(wanted: string, options: { yes?: boolean; json?: boolean }): Promise<void> {
  const host = await openConnection();
  const { model, deletable } = await find(host, wanted);
  // What the host will refuse needs no question.
  if (deletable && !options.yes) {
    const question = `Delete ${plain(model.name)} (${bytes(model.size_bytes)}, ${plain(model.path)})? [y/N] `;
    if (!(await isMeant(question))) throw new Error('Nothing was deleted.');
  }
  await host.request(deleteModelRequest, { model_id: model.id });
  host.close();
  const freed = `${plain(model.name)} was deleted; ${bytes(model.size_bytes)} of disk space are free.`;
  print({ model_id: model.id }, options.json, freed);
}

async function find(host: HostConnection, wanted: string): Promise<ModelListing> {
  const { models } = await host.request(listModelsRequest, {});
  const id = modelId(wanted);
  const found = models.find(
    ({ model }) => model.path === id || [model.id, model.name, basename(model.path)].includes(wanted),
  );
  if (!found) throw new Error(`There is no model "${wanted}". "vramesh models" shows those that there are.`);
  return found;
}

async function isMeant(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Error('Nobody can be asked here whether to delete it. Add --yes if you mean it.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D end the terminal, not the question.
  const gone = new AbortController();
  terminal.once('close', () => gone.abort());
  const answer = await terminal.question(question, { signal: gone.signal }).catch(() => 'no');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
