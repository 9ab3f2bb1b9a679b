/** "Place Model on GPU…": choose a model, watch it load, cancel if it takes too long. */
import { ProgressLocation, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { type ModelRef, placeRequest } from '#protocol';
import { listModels, request } from '../requests';
import type { Vramesh } from '../vramesh';

interface ModelItem extends QuickPickItem {
  readonly modelId?: string;
}

const chooseFile = '$(folder-opened) Choose a GGUF file…';

export async function place(vramesh: Vramesh): Promise<void> {
  const modelId = await chooseModel(vramesh);
  if (modelId === undefined) return;
  await window.withProgress(
    { location: ProgressLocation.Notification, title: 'VRAMesh: placing the model', cancellable: true },
    async (progress, token) => {
      const stop = reportProgress(vramesh, modelId, (increment) => progress.report({ increment }));
      try {
        await request(vramesh, placeRequest, { model_id: modelId }, token);
      } catch (error) {
        // The one who cancelled knows.
        if (!token.isCancellationRequested) throw error;
      } finally {
        stop();
      }
    },
  );
}

async function chooseModel(vramesh: Vramesh): Promise<string | undefined> {
  const models = await listModels(vramesh);
  const items: ModelItem[] = [
    ...models.map((model) => toItem(vramesh, model)),
    { label: '', kind: QuickPickItemKind.Separator },
    { label: chooseFile },
  ];
  const title = 'Place Model on GPU';
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: 'Which model?',
    matchOnDetail: true,
  });
  if (picked?.label !== chooseFile) return picked?.modelId;
  const files = await window.showOpenDialog({
    title,
    filters: { 'GGUF model': ['gguf'] },
    openLabel: 'Place',
  });
  return files?.[0]?.fsPath;
}

function toItem(vramesh: Vramesh, model: ModelRef): ModelItem {
  const placed = vramesh.state?.instances.find((instance) => instance.model.id === model.id);
  const size = `${(model.size_bytes / 1024 ** 2).toFixed(0)} MiB`;
  return {
    label: model.name,
    description: [size, placed?.state].filter((part) => part).join(' · '),
    detail: model.embedded ? 'Ships with VRAMesh. Shows that everything works; weak.' : model.path,
    modelId: model.id,
  };
}

/** The state document carries the progress of every instance, whoever placed it. */
function reportProgress(vramesh: Vramesh, modelId: string, report: (increment: number) => void): () => void {
  let reported = 0;
  const subscription = vramesh.onDidChange(() => {
    const instance = vramesh.state?.instances.find(({ model }) => model.id === modelId);
    const percent = Math.round((instance?.progress ?? 0) * 100);
    if (percent > reported) report(percent - reported);
    reported = Math.max(reported, percent);
  });
  return () => subscription.dispose();
}
