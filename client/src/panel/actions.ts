/** What the topology page asks for, done in this window: requests to the host, and commands, which show their own failures. */
import { commands } from 'vscode';
import {
  listModelsRequest,
  type PageAction,
  placeRequest,
  previewsRequest,
  type ToPage,
  unplaceRequest,
} from '#protocol';
import { commandIds } from '../commands/ids';
import { request } from '../requests';
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
      return post(await previews(vramesh, action.model_id));
    case 'place': {
      const { model_id, preview_id } = action;
      return orSay(post, request(vramesh, placeRequest, { model_id, preview_id }));
    }
    case 'unplace':
      return orSay(post, request(vramesh, unplaceRequest, { instance_id: action.instance_id }));
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

async function previews(vramesh: Vramesh, model_id: string): Promise<ToPage> {
  try {
    const { previews } = await request(vramesh, previewsRequest, { model_id });
    return { type: 'previews', model_id, previews, problem: null };
  } catch (error) {
    return { type: 'previews', model_id, previews: [], problem: inWords(error) };
  }
}

async function orSay(post: (message: ToPage) => void, asked: Promise<unknown>): Promise<void> {
  await asked.catch((error: unknown) => post({ type: 'failure', problem: inWords(error) }));
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
