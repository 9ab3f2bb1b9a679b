/** What models there are, fetching more of them, and deleting them. */
import { cancelDownloadRequest, deleteModelRequest, downloadRequest, listModelsRequest } from '#protocol';
import { onRequest } from './checked';
import type { Feature } from './session';

export const modelsFeature: Feature = ({ connection, parts }) => {
  const { instances, models, planner, sharing } = parts;

  onRequest(connection, listModelsRequest, async () => ({
    models: await planner.listing(),
    elsewhere: sharing.modelsElsewhere(),
    catalogue: [...models.catalogue()],
  }));

  onRequest(connection, downloadRequest, async ({ source }) => ({
    download: await models.downloads.start(source),
  }));

  onRequest(connection, cancelDownloadRequest, async ({ download_id, discard }) => {
    await models.downloads.cancel(download_id, discard);
    return {};
  });

  onRequest(connection, deleteModelRequest, async ({ model_id }) => {
    const model = models.find(model_id);
    const user = instances.list().find((instance) => instance.model.path === model.path);
    if (user) throw new Error(`${model.name} is placed (${user.id}). Remove it first, then delete it.`);
    await models.delete(model.id);
    return {};
  });
  return {};
};
