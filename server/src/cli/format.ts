/** How values are written on a terminal. Pure. An unknown value is "—", never 0. */

export const unknown = '—';

const mib = 1024 ** 2;

export function orUnknown<Value>(value: Value | null, show: (value: Value) => string): string {
  return value === null ? unknown : show(value);
}

/** "84/130 W"; one "—" when neither is known. */
export function ofTotal(
  part: number | null,
  total: number | null,
  show: (value: number) => string,
  of: string,
  unit: string,
): string {
  if (part === null && total === null) return unknown;
  return `${orUnknown(part, show)}${of}${orUnknown(total, show)}${unit}`;
}

export const whole = (value: number): string => String(Math.round(value));
export const percent = (value: number): string => `${Math.round(value)}%`;
/** Of bytes, without the unit. */
export const gib = (value: number): string => (value / 1024 ** 3).toFixed(1);
/** Of bytes: "34 KiB", "310 MiB", "2.4 GiB". */
export const bytes = (value: number): string => {
  if (value > 0 && value < mib) return `${Math.ceil(value / 1024)} KiB`;
  return value < 1024 ** 3 ? `${Math.round(value / mib)} MiB` : `${gib(value)} GiB`;
};
/** Two digits that mean something: "151", "8.4". */
export const twoDigits = (value: number): string => (value >= 9.95 ? whole(value) : value.toFixed(1));
/** Of bytes per second. */
export const rate = (value: number): string => `${twoDigits(value / mib)} MiB/s`;

/** Of seconds, as coarse as people say it: "45 s", "12 min", "1 h 20 min". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = `${Math.floor(minutes / 60)} h`;
  return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} min`;
}
