/** The questions of "Download Model…": what shall be fetched, and in which quantisation. */
import { t } from '@vscode/l10n';
import { type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { type CatalogueEntry, type Download, listModelsRequest } from '#protocol';
import { request } from '../requests';
import { downloadItem, isStopped, isUnderWay, ownDownloads, sourceProblem } from '../text/download-text';
import { catalogueItem, notHere, quantizationItems } from '../text/model-items';
import type { Vramesh } from '../vramesh';

const title = t('Download Model');

interface Choice extends QuickPickItem {
  choose?(): Promise<string | Download | undefined>;
}

/** A source to be fetched, or a download that is under way; `undefined`: the user does not want any. */
export async function chooseSource(vramesh: Vramesh): Promise<string | Download | undefined> {
  const { models, catalogue } = await request(vramesh, listModelsRequest, {});
  const begun = (vramesh.state === null ? [] : ownDownloads(vramesh.state)).filter(
    (download) => isUnderWay(download) || isStopped(download),
  );
  const missing = new Set(notHere(catalogue, models));
  const items: Choice[] = [
    ...begun.map((download) => ({
      ...downloadItem(download),
      choose: async () => (isUnderWay(download) ? download : download.source),
    })),
    ...(begun.length > 0 ? [{ label: t('Catalogue'), kind: QuickPickItemKind.Separator }] : []),
    ...catalogue.map((entry) => {
      const item = catalogueItem(entry);
      const description = missing.has(entry)
        ? item.description
        : `${item.description} · ${t('on this machine')}`;
      return { ...item, description, choose: () => chooseQuantization(entry) };
    }),
    { label: '', kind: QuickPickItemKind.Separator },
    { label: `$(link) ${t('From Hugging Face or a URL…')}`, choose: askForSource },
  ];
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: t('Which model?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.choose?.();
}

/** What to ask the host for; asks only where there is a choice. */
export async function chooseQuantization(entry: CatalogueEntry): Promise<string | undefined> {
  const items = quantizationItems(entry);
  if (items.length === 1) return items[0]?.source;
  const picked = await window.showQuickPick(items, {
    title: `${title}: ${entry.name}`,
    placeHolder: t('Which quantisation? Fewer bits need less memory and are less exact.'),
  });
  return picked?.source;
}

async function askForSource(): Promise<string | undefined> {
  const source = await window.showInputBox({
    title,
    prompt: t('A GGUF on Hugging Face, or the https address of one'),
    placeHolder: 'hf:owner/repository/file.gguf',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? null : sourceProblem(text)),
  });
  return source?.trim() || undefined;
}
