/** "Place Model on GPU…": choose a model, choose among previews, watch it load, cancel if it takes too long. */
import { randomUUID } from 'node:crypto';
import { t } from '@vscode/l10n';
import { ProgressLocation, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { WorkDoneProgress } from 'vscode-languageclient/node';
import { listModelsRequest, onSeveralMachines, type Preview, placeRequest, previewsRequest } from '#protocol';
import { request } from '../requests';
import { reasonText } from '../text/format';
import { catalogueItem, elsewhereItem, listingItem, notHere } from '../text/model-items';
import { isOnGpu, previewItem } from '../text/placement-text';
import type { Where } from '../text/tree-text';
import type { Vramesh } from '../vramesh';
import { chooseQuantization } from './choose-source';
import { type ChosenWishes, chooseWishes } from './choose-wishes';
import { fetchModel } from './fetch-model';
import { createSteps } from './steps';

/** How a model shall be placed, and what the user is told that this is. */
interface Plan {
  readonly title: string;
  readonly wishes: ChosenWishes;
  /** The only one that shall hold it; `null`: any device. */
  readonly gpuIndex: number | null;
}

/** `argument`: the model, when another command has chosen it. */
export async function place(vramesh: Vramesh, argument: unknown): Promise<void> {
  // Of machines without a GPU as well.
  const plan = { title: t('Place Model'), wishes: {}, gpuIndex: null };
  const modelId = typeof argument === 'string' ? argument : await chooseModel(vramesh, plan.title);
  if (modelId !== undefined) await placeWith(vramesh, modelId, plan);
}

/** On one machine, or one GPU of it. */
export async function placeAt(vramesh: Vramesh, { nodeId, gpuIndex, name }: Where): Promise<void> {
  const plan = { title: t('Place Model on {0}', name), wishes: { nodes: [nodeId] }, gpuIndex };
  const modelId = await chooseModel(vramesh, plan.title);
  if (modelId !== undefined) await placeWith(vramesh, modelId, plan);
}

async function placeWith(vramesh: Vramesh, modelId: string, plan: Plan): Promise<void> {
  const choice = await choosePreview(vramesh, modelId, plan);
  if (choice === 'wishes') {
    const others = await chooseWishes(plan.title);
    if (others) await placeWith(vramesh, modelId, { ...plan, wishes: { ...plan.wishes, ...others } });
  } else if (choice) await load(vramesh, choice, plan.wishes);
}

interface ModelItem extends QuickPickItem {
  /** What the choice comes to; `undefined`: nothing to place now. */
  choose?(): Promise<string | undefined>;
}

async function chooseModel(vramesh: Vramesh, title: string): Promise<string | undefined> {
  const { models, elsewhere, catalogue } = await request(vramesh, listModelsRequest, {});
  const instances = vramesh.state?.instances ?? [];
  const items: ModelItem[] = [
    ...models.map((listing) => ({
      ...listingItem(listing, instances),
      async choose() {
        if (listing.problem !== null) throw new Error(listing.problem);
        return listing.model.id;
      },
    })),
    ...(elsewhere.length > 0 ? [{ label: t('On other machines'), kind: QuickPickItemKind.Separator }] : []),
    ...elsewhere.map((model) => ({ ...elsewhereItem(model), choose: async () => model.name })),
    { label: `$(folder-opened) ${t('Choose a GGUF file…')}`, choose: () => chooseFile(title) },
    { label: t('Download…'), kind: QuickPickItemKind.Separator },
    ...notHere(catalogue, models).map((entry) => ({
      ...catalogueItem(entry),
      async choose() {
        const source = await chooseQuantization(entry);
        if (source !== undefined) await fetchModel(vramesh, source);
        return undefined;
      },
    })),
  ];
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: t('Which model?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.choose?.();
}

async function chooseFile(title: string): Promise<string | undefined> {
  const files = await window.showOpenDialog({
    title,
    filters: { [t('GGUF model')]: ['gguf'] },
    openLabel: t('Choose'),
  });
  return files?.[0]?.fsPath;
}

/** VS Code has no items that cannot be chosen: one that is not possible says why, and nothing happens. */
async function choosePreview(
  vramesh: Vramesh,
  modelId: string,
  { title, wishes, gpuIndex }: Plan,
): Promise<Preview | 'wishes' | undefined> {
  const all = (await request(vramesh, previewsRequest, { ...wishes, model_id: modelId })).previews;
  const there = gpuIndex === null ? all : all.filter((preview) => isOnGpu(preview, gpuIndex));
  // Where nothing was worked out for this GPU, the others say why.
  const previews = there.length > 0 ? there : all;
  const machines = onSeveralMachines(previews);
  const items = (possible: boolean) =>
    previews
      .filter(({ error }) => (error === null) === possible)
      .map((preview) => ({ ...previewItem(preview, machines), preview }));
  const refused = items(false);
  const separator = { label: t('Not possible'), kind: QuickPickItemKind.Separator };
  const choices: (QuickPickItem & { readonly preview?: Preview | 'wishes' })[] = [
    ...items(true),
    {
      label: `$(settings) ${t('Other Wishes…')}`,
      description: t('context, KV cache, use, devices'),
      preview: 'wishes',
    },
    ...(refused.length > 0 ? [separator, ...refused] : []),
  ];
  const preview = (
    await window.showQuickPick(choices, {
      title,
      placeHolder: t('Where? GiB in use afterwards of all that the device has, and how fast it will be.'),
      matchOnDescription: true,
    })
  )?.preview;
  if (preview === undefined || preview === 'wishes' || preview.error === null) return preview;
  void window.showWarningMessage(reasonText(preview.error));
  return undefined;
}

/** What was previewed, with the same wishes, or nothing. */
async function load(vramesh: Vramesh, { id, model_id }: Preview, wishes: ChosenWishes): Promise<void> {
  await window.withProgress(
    { location: ProgressLocation.Notification, title: t('VRAMesh: placing the model'), cancellable: true },
    async (progress, token) => {
      const step = createSteps();
      const workDoneToken = randomUUID();
      const reports = vramesh.client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind === 'end') return;
        const increment = step(value.percentage ?? null);
        progress.report(value.message === undefined ? { increment } : { increment, message: value.message });
      });
      try {
        await request(vramesh, placeRequest, { ...wishes, model_id, preview_id: id, workDoneToken }, token);
      } catch (error) {
        // The one who cancelled knows.
        if (!token.isCancellationRequested) throw error;
      } finally {
        reports.dispose();
      }
    },
  );
}
