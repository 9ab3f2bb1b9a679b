/**
 * Previews, placing and removing models, with progress: as requests of ours, and as commands for editors that know only
 * the standard.
 */
import type * as z from 'zod';
import { placeCommand, placeRequest, previewsRequest, unplaceCommand, unplaceRequest } from '#protocol';
import { withEither } from '../either-signal';
import { onRequest } from './checked';
import type { Progress } from './progress';
import type { Feature } from './session';

type Placing = z.output<typeof placeRequest.params>;
const title = 'Placing the model';

export const placementFeature: Feature = ({ connection, commands, parts, progress, onEnd }) => {
  const { sharing } = parts;
  // A window that closes no longer wants what it was waiting for.
  const ended = new AbortController();
  onEnd(() => ended.abort());

  async function place(placing: Placing, shown: Progress, signal: AbortSignal) {
    const { model_id, preview_id, workDoneToken: _, ...wishes } = placing;
    try {
      return await withEither([signal, ended.signal, shown.cancelled], (either) =>
        sharing.instances.place({
          modelId: model_id,
          wishes,
          previewId: preview_id ?? null,
          keepFailure: false,
          signal: either,
          onChange: ({ progress: fraction }) => {
            if (fraction !== null) shown.report(fraction);
          },
        }),
      );
    } finally {
      shown.end();
    }
  }

  onRequest(connection, previewsRequest, async ({ model_id, ...wishes }) => ({
    previews: await sharing.previews.of(model_id, wishes),
  }));
  onRequest(connection, placeRequest, async (params, signal) => ({
    instance: await place(params, progress.begin(title, params.workDoneToken ?? null), signal),
  }));
  onRequest(connection, unplaceRequest, async ({ instance_id }) => {
    await sharing.instances.unplace(instance_id);
    return {};
  });

  commands.add(placeCommand, ({ args: [what], workDoneToken, signal }) => {
    const checked = placeRequest.params.safeParse(typeof what === 'string' ? { model_id: what } : what);
    if (!checked.success)
      throw new Error(`${placeCommand} needs the name or path of a model, or an object with "model_id".`);
    const shown = workDoneToken === null ? progress.create(title) : progress.begin(title, workDoneToken);
    return place(checked.data, shown, signal);
  });
  commands.add(unplaceCommand, async ({ args: [what] }) => {
    await sharing.instances.unplace(instanceId(what));
  });

  /** By its id, the name of its model where only one is placed, or nothing where only one is there. */
  function instanceId(what: unknown): string {
    const placed = sharing.instances.list();
    if (what !== undefined && typeof what !== 'string')
      throw new Error(`${unplaceCommand} needs the id of an instance, or the name of its model.`);
    const exact = placed.find(({ id }) => id === what);
    const meant = what === undefined ? placed : placed.filter(({ model }) => model.name === what);
    const [only] = exact ? [exact] : meant;
    if (only === undefined)
      throw new Error(what === undefined ? 'No model is placed.' : `There is no "${what}".`);
    if (exact === undefined && meant.length > 1)
      throw new Error(`Several models are meant: ${meant.map(({ id }) => id).join(', ')}. Name one.`);
    return only.id;
  }
  return {};
};
