/** Texts of a known format, as grammars. What each allows is valid; not all that is valid is allowed. */

const LEAP =
  '([0-9]{2} ("0" [48] | [2468] [048] | [13579] [26]) | ("0" [048] | [2468] [048] | [13579] [26]) "00")';
const DAYS_28 = '("0" [1-9] | "1" [0-9] | "2" [0-8])';
const DAYS_30 = '("0" [1-9] | [12] [0-9] | "30")';
const DAYS_31 = '("0" [1-9] | [12] [0-9] | "3" [01])';
const LONG = '("01" | "03" | "05" | "07" | "08" | "10" | "12")';
const SHORT = '("04" | "06" | "09" | "11")';
const DATE = `([0-9]{4} "-" (${LONG} "-" ${DAYS_31} | ${SHORT} "-" ${DAYS_30} | "02-" ${DAYS_28}) | ${LEAP} "-02-29")`;
const HOUR = '([01] [0-9] | "2" [0-3])';
const MINUTE = '[0-5] [0-9]';
const TIME = `${HOUR} ":" ${MINUTE} ":" ${MINUTE} ("." [0-9]{1,9})? ("Z" | [-+] ${HOUR} ":" ${MINUTE})`;
const BYTE = '("25" [0-5] | "2" [0-4] [0-9] | "1" [0-9] [0-9] | [1-9] [0-9] | [0-9])';
const LABEL = '[a-z0-9] ([-a-z0-9]{0,30} [a-z0-9])?';
const HEX = '[0-9a-f]';

export const textFormats: ReadonlyMap<string, string> = new Map([
  ['date', DATE],
  ['time', TIME],
  ['date-time', `${DATE} "T" ${TIME}`],
  ['uuid', `${HEX}{8} "-" ${HEX}{4} "-" ${HEX}{4} "-" ${HEX}{4} "-" ${HEX}{12}`],
  ['ipv4', `${BYTE} "." ${BYTE} "." ${BYTE} "." ${BYTE}`],
  ['email', `[a-zA-Z0-9_+-]{1,30} ("." [a-zA-Z0-9_+-]{1,30}){0,3} "@" ${LABEL} ("." ${LABEL}){1,3}`],
]);
