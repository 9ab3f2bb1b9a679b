/** How values are written in this window. Pure. An unknown value is "—", never 0. */

export const unknown = '—';

const mib = 1024 ** 2;
const gib = 1024 ** 3;

/** Bytes as GiB, without the unit: "12.3". */
export function inGib(bytes: number | null): string {
  return bytes === null ? unknown : (bytes / gib).toFixed(1);
}

/** Bytes as GiB, or below one as MiB, as KiB: "4.7 GiB", "14 MiB", "34 KiB". */
export function size(bytes: number | null): string {
  if (bytes === null) return unknown;
  if (bytes > 0 && bytes < mib) return `${Math.ceil(bytes / 1024)} KiB`;
  return bytes < gib ? `${Math.round(bytes / mib)} MiB` : `${inGib(bytes)} GiB`;
}

/** `value` in %: "43%". */
export function percent(value: number | null): string {
  return value === null ? unknown : `${Math.round(value)}%`;
}

/** Two digits that mean something: "151 tok/s", "8.4 tok/s". */
export function tokensPerSecond(value: number | null): string {
  return `${value === null ? unknown : twoDigits(value)} tok/s`;
}

/** Bytes per second: "85 MiB/s". */
export function bytesPerSecond(value: number | null): string {
  return value === null ? unknown : `${twoDigits(value / mib)} MiB/s`;
}

/** Seconds, as coarse as people say it: "45 s", "12 min", "1 h 20 min". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = `${Math.floor(minutes / 60)} h`;
  return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} min`;
}

/** A name comes from outside: it must not become an icon, a link or a line of its own. */
export function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, ' ')
    .replaceAll('$(', '$ (')
    .replaceAll('](', '] (');
}

const longestReason = 600;

/** For a pop-up, which makes links of what looks like one: why something did not work, as another machine may have said it. */
export function reasonText(error: unknown): string {
  const reason = plain(error instanceof Error ? error.message : String(error));
  return `VRAMesh: ${reason.length > longestReason ? `${reason.slice(0, longestReason)}…` : reason}`;
}

/** For tooltips, which are Markdown. */
export function escapeMarkdown(text: string): string {
  return plain(text).replace(/[\\`*_{}[\]()#+!|<>~]/g, '\\$&');
}

function twoDigits(value: number): string {
  return value >= 9.95 ? String(Math.round(value)) : value.toFixed(1);
}
