/** What the topology page asks for, done in this window: requests to the host, and commands, which show their own failures. */
import { t } from '@vscode/l10n';
import { commands } from 'vscode';
import {
  cancelDownloadRequest,
  type Download,
  downloadRequest,
  listModelsRequest,
  type PageAction,
  placeRequest,
  previewsRequest,
  type ToPage,
  unplaceRequest,
} from '#protocol';
import { discardDownload } from '../commands/delete-model';
import { commandIds } from '../commands/ids';
import { request } from '../requests';
import { ownDownloads } from '../text/download-text';
import type { Vramesh } from '../vramesh';

/** Never rejects: what goes wrong is said on the page, where it was asked for. */
export async function runAction(
  vramesh: Vramesh,
  action: Exclude<PageAction, { type: 'ready' }>,
  post: (message: ToPage) => void,
): Promise<void> {
  switch (action.type) {
    case 'models':
      return post(await models(vramesh));
    case 'previews':
      return post(await previews(vramesh, action));
    case 'place': {
      const { model_id, preview_id, wishes } = action;
      return orSay(post, request(vramesh, placeRequest, { ...wishes, model_id, preview_id }));
    }
    case 'unplace':
      return orSay(post, request(vramesh, unplaceRequest, { instance_id: action.instance_id }));
    case 'pauseDownload':
      return orSay(post, request(vramesh, cancelDownloadRequest, { download_id: action.download_id }));
    case 'resumeDownload':
      return orSay(post, resume(vramesh, action.download_id));
    case 'discardDownload':
      return orSay(post, discard(vramesh, action.download_id));
    case 'placeOther':
      await commands.executeCommand(commandIds.place);
      return;
    default:
      await commands.executeCommand(commandIds[action.type]);
  }
}

async function models(vramesh: Vramesh): Promise<ToPage> {
  try {
    const { models, elsewhere } = await request(vramesh, listModelsRequest, {});
    return { type: 'models', models, elsewhere, problem: null };
  } catch (error) {
    return { type: 'models', models: [], elsewhere: [], problem: inWords(error) };
  }
}

async function previews(
  vramesh: Vramesh,
  { model_id, wishes }: Extract<PageAction, { type: 'previews' }>,
): Promise<ToPage> {
  try {
    const { previews } = await request(vramesh, previewsRequest, { ...wishes, model_id });
    return { type: 'previews', model_id, wishes, previews, problem: null };
  } catch (error) {
    return { type: 'previews', model_id, wishes, previews: [], problem: inWords(error) };
  }
}

/** The page says which download: from where it comes, the host has said. */
async function resume(vramesh: Vramesh, downloadId: string): Promise<void> {
  await request(vramesh, downloadRequest, { source: downloadOf(vramesh, downloadId).source });
}

async function discard(vramesh: Vramesh, downloadId: string): Promise<void> {
  await discardDownload(vramesh, downloadOf(vramesh, downloadId));
}

function downloadOf({ state }: Vramesh, downloadId: string): Download {
  const download = state && ownDownloads(state).find(({ id }) => id === downloadId);
  if (!download) throw new Error(t('This download is gone: it is done, or was discarded elsewhere.'));
  return download;
}

async function orSay(post: (message: ToPage) => void, asked: Promise<unknown>): Promise<void> {
  await asked.catch((error: unknown) => post({ type: 'failure', problem: inWords(error) }));
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
