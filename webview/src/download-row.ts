/** One model that is being fetched: how far it is, how fast, what went wrong, and what can be done about it. */
import type { Download } from '#protocol';
import { createButton } from './controls';
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
import { downloadPart, downloadText, isUnderWay } from './download-words';
import { outside } from './format';
import { same } from './same';

export interface ShownDownload {
  readonly download: Download;
  /** `null`: this one, or it is not known. */
  readonly machine: string | null;
}

export interface DownloadActs {
  readonly pause: (downloadId: string) => void;
  readonly resume: (downloadId: string) => void;
  /** Asks before it does. */
  readonly discard: (downloadId: string) => void;
}

/** @param acts `null`: not from here */
export function createDownloadRow(acts: DownloadActs | null): View<ShownDownload> {
  const name = element('bdi', 'cut');
  const state = element('span', 'value');
  const progress = element('progress', '');
  const text = element('p', 'label');
  const notice = element('p', 'notice');
  const actions = createActions(acts);
  const root = element(
    'li',
    'download',
    element('div', 'row', name, state),
    progress,
    text,
    notice,
    actions.root,
  );
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
        actions.update({ download, machine });
      },
    },
    same,
  );
}

/** Each machine decides of its own downloads. */
function createActions(acts: DownloadActs | null): View<ShownDownload> {
  let shown: Download | null = null;
  // One button for both: what has the focus does not go when the download stops.
  const toggle = createButton('', {
    look: 'secondary',
    onClick() {
      if (shown) (isUnderWay(shown) ? acts?.pause : acts?.resume)?.(shown.id);
    },
  });
  const discard = createButton('Discard…', {
    look: 'secondary',
    onClick() {
      if (shown) acts?.discard(shown.id);
    },
  });
  const root = element('div', 'actions', toggle, discard);
  return {
    root,
    update({ download, machine }) {
      shown = download;
      const name = outside(download.name, 80);
      const label = isUnderWay(download) ? 'Pause' : 'Resume';
      setHidden(root, acts === null || machine !== null);
      setText(toggle, label);
      setAttribute(toggle, 'aria-label', `${label} ${name}`);
      setHidden(discard, isUnderWay(download));
      setAttribute(discard, 'aria-label', `Discard ${name}`);
    },
  };
}
