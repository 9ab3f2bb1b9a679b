/** Previews, placing and removing models, with progress. */
import { placeRequest, previewsRequest, unplaceRequest } from '#protocol';
import { withEither } from '../either-signal';
import { onRequest } from './checked';
import type { Feature } from './session';

export const placementFeature: Feature = ({ connection, parts, tell, onEnd }) => {
  const { sharing } = parts;
  // A window that closes no longer wants what it was waiting for.
  const ended = new AbortController();
  onEnd(() => ended.abort());

  onRequest(connection, previewsRequest, async ({ model_id, ...wishes }) => ({
    previews: await sharing.previews.of(model_id, wishes),
  }));

  onRequest(connection, placeRequest, async (params, signal) => {
    const { model_id, preview_id, workDoneToken, ...wishes } = params;
    const progress = (value: object) => {
      if (workDoneToken !== undefined) tell('$/progress', { token: workDoneToken, value });
    };
    progress({ kind: 'begin', title: 'Placing the model', percentage: 0, cancellable: true });
    try {
      const instance = await withEither([signal, ended.signal], (either) =>
        sharing.instances.place({
          modelId: model_id,
          wishes,
          previewId: preview_id ?? null,
          keepFailure: false,
          signal: either,
          onChange: ({ progress: fraction }) => {
            if (fraction !== null) progress({ kind: 'report', percentage: Math.round(fraction * 100) });
          },
        }),
      );
      return { instance };
    } finally {
      progress({ kind: 'end' });
    }
  });

  onRequest(connection, unplaceRequest, async ({ instance_id }) => {
    await sharing.instances.unplace(instance_id);
    return {};
  });
  return {};
};
