/** Placing and removing models, with progress. */
import { listModelsRequest, placeRequest, unplaceRequest } from '#protocol';
import { onRequest } from './checked';
import type { Feature } from './session';

export const placementFeature: Feature = ({ connection, parts, onEnd }) => {
  const { instances, models } = parts;
  // A window that closes no longer wants what it was waiting for.
  const ended = new AbortController();
  onEnd(() => ended.abort());

  onRequest(connection, listModelsRequest, () => ({ models: models.list() }));

  onRequest(connection, placeRequest, async (params, signal) => {
    const progress =
      params.workDoneToken === undefined
        ? null
        : connection.window.attachWorkDoneProgress(params.workDoneToken);
    progress?.begin('Placing the model', 0, '', true);
    try {
      const instance = await instances.place({
        modelId: params.model_id,
        contextSize: params.context_size,
        signal: AbortSignal.any([signal, ended.signal]),
        onProgress: (fraction) => {
          if (fraction !== null) progress?.report(Math.round(fraction * 100));
        },
      });
      return { instance };
    } finally {
      progress?.done();
    }
  });

  onRequest(connection, unplaceRequest, async ({ instance_id }) => {
    await instances.unplace(instance_id);
    return {};
  });
  return {};
};
