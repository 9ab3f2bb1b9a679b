/** `vramesh place MODEL`: places a model and waits until it is ready, or tells what it would do. */
import { Command } from 'commander';
import { type Instance, type Preview, placeRequest, previewsRequest } from '#protocol';
import { openConnection } from './connection';
import { unknown } from './format';
import { stdoutLook } from './look';
import { print, untilInterrupted } from './output';
import { previewTable } from './preview-table';
import { plain } from './terminal-text';
import { addWishes, modelId, type WishOptions, wishesOf } from './wishes';

const progressToken = 'place';

interface PlaceOptions extends WishOptions {
  readonly preview?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function placeCommand(): Command {
  return addWishes(
    new Command('place').description('load a model on the GPU, or on the CPU where there is none'),
  )
    .option('--preview <ID>', 'just this preview, or nothing; "vramesh preview" shows the ids')
    .option('--dry-run', 'show the preview that would be taken, and change nothing')
    .option('--json', 'print the instance, or with --dry-run the preview')
    .action((model: string, options: PlaceOptions) =>
      options.dryRun ? dryRun(model, options) : place(model, options),
    );
}

async function dryRun(model: string, options: PlaceOptions): Promise<void> {
  const host = await openConnection();
  const wishes = { model_id: modelId(model), ...wishesOf(options) };
  const { previews } = await host.request(previewsRequest, wishes);
  host.close();
  const taken = wouldBeTaken(previews, options.preview);
  print({ preview: taken }, options.json, previewTable([taken], stdoutLook(), previews));
}

/** Throws the reason when there is none. */
function wouldBeTaken(previews: readonly Preview[], id: string | undefined): Preview {
  const taken =
    id === undefined
      ? (previews.find(({ error }) => error === null) ?? previews[0])
      : previews.find((preview) => preview.id === id);
  if (!taken)
    throw new Error(id === undefined ? 'There is no device to place it on.' : `There is no preview "${id}".`);
  if (taken.error !== null) throw new Error(taken.error);
  return taken;
}

async function place(model: string, options: PlaceOptions): Promise<void> {
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
        model_id: modelId(model),
        workDoneToken: progressToken,
        ...wishesOf(options),
        ...(options.preview === undefined ? {} : { preview_id: options.preview }),
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
  const where = splitText(instance) ?? deviceText(instance);
  return [`${instance.id} is ready on ${where}.`, instance.note].filter((line) => line !== null).join('\n');
}

/** "3 machines: laptop (2 layers), workstation (24 layers), …"; null: it is all on one. */
function splitText({ placement, shards }: Instance): string | null {
  if (placement === null || shards.length === 0) return null;
  const machines = placement.nodes.map((id) => {
    const shares = placement.shares.filter(({ node_id }) => node_id === id);
    const layers = shares.reduce((sum, share) => sum + share.layers, 0);
    return `${plain(shares[0]?.node_name ?? id.slice(0, 12))} (${layers} layers)`;
  });
  return `${machines.length} machines: ${machines.join(', ')}`;
}

function deviceText(instance: Instance): string {
  return instance.backend === 'cpu' || instance.backend === null
    ? `the CPU, ${instance.threads ?? unknown} thread(s)`
    : `${instance.devices.join(', ')} (${instance.backend}), ${instance.layers_on_gpu} of ${instance.layers} layers`;
}
