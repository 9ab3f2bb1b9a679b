/** One model that is being fetched: how far it is, how fast, and what went wrong. */
import type { Download } from '#protocol';
import {
  element,
  onlyChanges,
  setAttribute,
  setCutText,
  setHidden,
  setOptionalText,
  setText,
  type View,
} from './dom';
import { downloadPart, downloadText } from './download-words';
import { outside } from './format';
import { same } from './same';

export interface ShownDownload {
  readonly download: Download;
  /** `null`: this one, or it is not known. */
  readonly machine: string | null;
}

export function createDownloadRow(): View<ShownDownload> {
  const name = element('bdi', 'cut');
  const state = element('span', 'value');
  const progress = element('progress', '');
  const text = element('p', 'label');
  const notice = element('p', 'notice');
  const root = element('li', 'download', element('div', 'row', name, state), progress, text, notice);
  return onlyChanges<ShownDownload>(
    {
      root,
      update({ download, machine }) {
        const shownName = outside(download.name, 80);
        const part = downloadPart(download);
        setAttribute(root, 'data-status', download.state);
        setCutText(name, machine === null ? shownName : `${shownName} on ${outside(machine, 40)}`);
        setText(state, download.state);
        setHidden(progress, part === null);
        setAttribute(progress, 'aria-label', `Fetching ${shownName}`);
        if (part !== null) setAttribute(progress, 'value', part.toFixed(3));
        setText(text, downloadText(download));
        setOptionalText(notice, download.error === null ? null : outside(download.error, 600));
      },
    },
    same,
  );
}
