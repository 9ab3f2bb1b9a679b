/** How values are written on the page. Pure. An unknown value is "—", never 0. */

export const unknown = '—';

const kib = 1024;
const mib = 1024 ** 2;
const gib = 1024 ** 3;

/** Bytes as GiB, or as MiB below a tenth of a GiB: "2.4 GiB", "96 MiB". */
export function bytes(value: number | null): string {
  if (value === null) return unknown;
  return value >= 0.1 * gib || value === 0 ? `${inGib(value)} GiB` : `${Math.ceil(value / mib)} MiB`;
}

/** "3.0 of 8.0 GiB", of two amounts of bytes. */
export function bytesOf(part: number | null, total: number | null): string {
  if (total === null) return bytes(part);
  return `${part === null ? unknown : inGib(part)} of ${inGib(total)} GiB`;
}

/** "112 MiB/s", "1.1 GiB/s" */
export function bytesPerSecond(value: number | null): string {
  if (value === null) return unknown;
  if (value < mib) return `${Math.round(value / kib)} KiB/s`;
  return value < gib ? `${twoDigits(value / mib)} MiB/s` : `${twoDigits(value / gib)} GiB/s`;
}

export function percent(value: number | null): string {
  return value === null ? unknown : `${Math.round(value)} %`;
}

export function celsius(value: number | null): string {
  return value === null ? unknown : `${Math.round(value)} °C`;
}

/** "0.4 ms", "23 ms" */
export function milliseconds(value: number | null): string {
  return value === null ? unknown : `${twoDigits(value)} ms`;
}

/** Coarse, as people say it: "45 s", "12 min", "1 h 20 min". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = `${Math.floor(minutes / 60)} h`;
  return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} min`;
}

/** "84 of 130 W"; the limit is left out where it is not known. */
export function watts(power: number | null, limit: number | null): string {
  if (power === null) return unknown;
  return limit === null ? `${Math.round(power)} W` : `${Math.round(power)} of ${Math.round(limit)} W`;
}

/** Two digits that mean something: "151", "8.4". */
export function tokensPerSecond(value: number | null): string {
  return value === null ? unknown : `${twoDigits(value)} tokens/s`;
}

/** "4096 tokens" */
export function count(value: number | null, unit: string): string {
  return value === null ? unknown : `${value} ${unit}`;
}

/** "1 model", "2 models" */
export function plural(value: number, one: string, several = `${one}s`): string {
  return `${value} ${value === 1 ? one : several}`;
}

/** Characters that would move or hide the text beside them: controls and explicit text directions. */
const disruptive = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Letters that are read from right to left would turn around the numbers beside them. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A text from outside (a device, a file, a peer) on one line, cut to `longest` characters, which moves nothing beside it. */
export function outside(text: string, longest = 120): string {
  // Cut first as well: cleaning must not cost more than showing.
  const clean = [
    ...text
      .slice(0, 4 * longest)
      .replace(disruptive, ' ')
      .trim(),
  ];
  const isCut = clean.length > longest || text.length > 4 * longest;
  const shown = isCut ? `${clean.slice(0, longest).join('')}…` : clean.join('');
  return rightToLeft.test(shown) ? `\u2068${shown}\u2069` : shown;
}

function inGib(value: number): string {
  const amount = value / gib;
  return amount >= 999.95 ? amount.toFixed(0) : amount.toFixed(1);
}

function twoDigits(value: number): string {
  return value >= 9.95 ? String(Math.round(value)) : value.toFixed(1);
}
