/** What the page says of a model that is being fetched. Pure. */
import type { Download } from '#protocol';
import { bytes, bytesOf, bytesPerSecond, duration } from './format';

/** Those that are worth a look: what is done is a model now. */
export function openDownloads(downloads: readonly Download[]): Download[] {
  return downloads.filter(({ state }) => state !== 'done');
}

/** It goes on by itself, and can be paused; else it stopped, and can go on. */
export function isUnderWay({ state }: Download): boolean {
  return state === 'waiting' || state === 'downloading' || state === 'verifying';
}

/** 0 to 1; `null`: unknown. */
export function downloadPart({ bytes: there, total_bytes: total }: Download): number | null {
  return total === null || total <= 0 ? null : Math.min(1, there / total);
}

/** "1.2 of 4.7 GiB · 84 MiB/s · 45 s left" */
export function downloadText({
  bytes: there,
  total_bytes,
  bytes_per_second,
  seconds_left,
  state,
}: Download): string {
  const amount = total_bytes === null ? bytes(there) : bytesOf(there, total_bytes);
  if (state !== 'downloading') return amount;
  return [
    amount,
    bytesPerSecond(bytes_per_second),
    ...(seconds_left === null ? [] : [`${duration(seconds_left)} left`]),
  ].join(' · ');
}
