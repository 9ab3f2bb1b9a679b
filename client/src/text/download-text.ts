/** What is said of models that are being fetched. Pure. */
import { t } from '@vscode/l10n';
import type { Download, State } from '#protocol';
import { bytesPerSecond, duration, escapeMarkdown, percent, plain, size } from './format';
import { downloadWords } from './words';

/** Those of this machine: the others are for their own windows. */
export function ownDownloads({ downloads, topology: { nodes } }: State): Download[] {
  const own = nodes.find(({ status }) => status === 'this')?.node_id;
  return downloads.filter(({ node_id }) => node_id === own);
}

/** It arrives by itself: nobody has to ask for it again. */
export function isUnderWay({ state }: Download): boolean {
  return state === 'waiting' || state === 'downloading' || state === 'verifying';
}

/** It stopped on the way; what has arrived is kept. */
export function isStopped({ state }: Download): boolean {
  return state === 'paused' || state === 'failed';
}

/** % of it that has arrived, in whole numbers, 100 when nothing is missing; `null`: nobody knows its size. */
export function arrived({ bytes, total_bytes }: Pick<Download, 'bytes' | 'total_bytes'>): number | null {
  if (!total_bytes) return null;
  return Math.min(100, Math.floor((bytes / total_bytes) * 100));
}

/** "43% · 2.0 GiB of 4.7 GiB · 85 MiB/s · 2 min left" */
export function progressText(download: Download): string {
  const { state, bytes, total_bytes, bytes_per_second, seconds_left } = download;
  if (state === 'waiting') return downloadWords.waiting;
  if (state === 'verifying') return t('{0} arrived, being verified', size(total_bytes));
  const share = arrived(download);
  return [
    ...(share === null ? [] : [percent(share)]),
    total_bytes === null ? size(bytes) : t('{0} of {1}', size(bytes), size(total_bytes)),
    ...(bytes_per_second === null ? [] : [bytesPerSecond(bytes_per_second)]),
    ...(seconds_left === null ? [] : [t('{0} left', duration(seconds_left))]),
  ].join(' · ');
}

/** One that stopped, or is under way, in a list of what can be fetched. */
export function downloadItem(download: Download) {
  const kept = arrived(download);
  const name = plain(download.name);
  const amount = t('{0} here', `${size(download.bytes)}${kept === null ? '' : ` (${percent(kept)})`}`);
  return isUnderWay(download)
    ? { label: `$(sync) ${t('Watch {0}', name)}`, description: progressText(download), detail: '' }
    : {
        label: `$(debug-continue) ${t('Go on with {0}', name)}`,
        description: `${downloadWords[download.state]}, ${amount}`,
        detail: plain(download.error ?? ''),
      };
}

/** "$(cloud-download) 43%", of all that are under way together; "" when none is. */
export function downloadsText(downloads: readonly Download[]): string {
  const active = downloads.filter(isUnderWay);
  if (active.length === 0) return '';
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const totals = active.map(({ total_bytes }) => total_bytes).filter((total) => total !== null);
  const share = arrived({
    bytes: sum(active.map(({ bytes }) => bytes)),
    total_bytes: totals.length === active.length ? sum(totals) : null,
  });
  return `$(cloud-download)${share === null ? '' : ` ${percent(share)}`}`;
}

/** A line for each that is not done. Markdown. */
export function downloadLines(downloads: readonly Download[]): string[] {
  return downloads
    .filter(({ state }) => state !== 'done')
    .map((download) => {
      const how = isStopped(download) ? (download.error ?? downloadWords.paused) : progressText(download);
      return `$(cloud-download) ${escapeMarkdown(download.name)}: ${escapeMarkdown(how)}`;
    });
}

/** Why a text names nothing that can be fetched; `null`: it does. */
export function sourceProblem(text: string): string | null {
  const source = text.trim();
  if (!/\.gguf$/i.test(source.replace(/[?#].*$/, ''))) return t('It must name a file that ends in .gguf.');
  if (source.startsWith('hf:')) {
    return /^hf:[\w.-]+\/[\w.-]+\/[^?#]+$/.test(source)
      ? null
      : t('It must be hf:owner/repository/file.gguf, as on Hugging Face.');
  }
  if (!source.startsWith('https://') || !URL.canParse(source))
    return t('It must begin with hf: or https://, for example hf:owner/repository/file.gguf.');
  return null;
}
