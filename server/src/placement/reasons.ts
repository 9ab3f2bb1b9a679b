/** Sizes and shortages in words. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** "7.8 GiB", "310 MiB". */
export function sizeInWords(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits = unit >= 3 || (unit > 0 && size < 10) ? 1 : 0;
  return `${size.toFixed(digits)} ${UNITS[unit]}`;
}

/** "RTX 3060 is 1.2 GiB short: 13.0 GiB are needed, 11.8 GiB are free" */
export function shortage(where: string, needed: number, free: number): string {
  return `${where} is ${sizeInWords(needed - free)} short: ${sizeInWords(needed)} are needed, ${sizeInWords(free)} are free`;
}

export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
