/** What the command line says of models that are being fetched. Pure. */
import type { Download } from '#protocol';
import { bytes, duration, orUnknown, percent, rate } from './format';
import { type Look, noteLines } from './look';
import { type Column, layOutTable, plain, type Row } from './terminal-text';

const columns: readonly Column[] = [
  { title: 'Download', flexible: true },
  { title: 'State' },
  { title: 'Done', align: 'right' },
  { title: 'Size', align: 'right' },
];

const colours = {
  waiting: 'dim',
  downloading: 'cyan',
  verifying: 'cyan',
  paused: 'yellow',
  failed: 'red',
  done: 'green',
} as const;

/** A block of `status`; empty when nothing is being fetched and nothing stopped on the way. */
export function downloadBlock(downloads: readonly Download[], look: Look): string[] {
  const rows = downloads
    .filter(({ state }) => state !== 'done')
    .map((download): Row => {
      const { name, state, total_bytes, error, source } = download;
      const stopped = state === 'paused' || state === 'failed';
      return {
        cells: [
          plain(name),
          { text: state, colour: colours[state] },
          orUnknown(arrived(download), percent),
          orUnknown(total_bytes, bytes),
        ],
        below: [
          ...(state === 'downloading' ? noteLines(look, 'dim', '  Now:', downloadProgress(download)) : []),
          ...(error === null ? [] : noteLines(look, 'yellow', '  Error:', error)),
          ...(stopped ? noteLines(look, 'dim', '  Go on:', `vramesh pull ${source}`) : []),
        ],
      };
    });
  return rows.length === 0 ? [] : layOutTable(columns, rows, look.width, look.paint);
}

/** "43% · 2.0 GiB of 4.7 GiB · 85 MiB/s · 2 min left", as far as it is known. */
export function downloadProgress(download: Download): string {
  const { state, total_bytes, bytes_per_second, seconds_left } = download;
  if (state === 'waiting') return 'waiting for its turn';
  if (state === 'verifying') return `${orUnknown(total_bytes, bytes)} arrived, being verified`;
  const share = arrived(download);
  return [
    ...(share === null ? [] : [percent(share)]),
    total_bytes === null ? bytes(download.bytes) : `${bytes(download.bytes)} of ${bytes(total_bytes)}`,
    ...(bytes_per_second === null ? [] : [rate(bytes_per_second)]),
    ...(seconds_left === null ? [] : [`${duration(seconds_left)} left`]),
  ].join(' · ');
}

/** % that has arrived, 100 when nothing is missing; `null`: nobody knows the size. */
function arrived({ bytes: got, total_bytes }: Download): number | null {
  return total_bytes ? Math.min(100, Math.floor((got / total_bytes) * 100)) : null;
}
