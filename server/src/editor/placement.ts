/** Placing and removing models, with progress. */
import { listModelsRequest, placeRequest, unplaceRequest } from '#protocol';
import { onRequest } from './checked';
import type { Feature } from './session';

export const placementFeature: Feature = ({ connection, parts, tell, onEnd }) => {
  const { instances, models } = parts;
  // A window that closes no longer wants what it was waiting for.
  const ended = new AbortController();
  onEnd(() => ended.abort());

  onRequest(connection, listModelsRequest, () => ({ models: models.list() }));

  onRequest(connection, placeRequest, async ({ model_id, context_size, workDoneToken }, signal) => {
    const progress = (value: object) => {
      if (workDoneToken !== undefined) tell('$/progress', { token: workDoneToken, value });
    };
    progress({ kind: 'begin', title: 'Placing the model', percentage: 0, cancellable: true });
    try {
      const instance = await instances.place({
        modelId: model_id,
        contextSize: context_size,
        signal: AbortSignal.any([signal, ended.signal]),
        onProgress: (fraction) => {
          if (fraction !== null) progress({ kind: 'report', percentage: Math.round(fraction * 100) });
        },
      });
      return { instance };
    } finally {
      progress({ kind: 'end' });
    }
  });

  onRequest(connection, unplaceRequest, async ({ instance_id }) => {
    await instances.unplace(instance_id);
    return {};
  });
  return {};
};
