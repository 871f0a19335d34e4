const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** RFC 5322 §4.3 in minutes; single letters are unknown and so zero. */
const zones: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  edt: -240,
  est: -300,
  cdt: -300,
  cst: -360,
  mdt: -360,
  mst: -420,
  pdt: -420,
  pst: -480,
  // Not of the RFC, but of the mail that is there.
  bst: 60,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  jst: 540,
  hst: -600,
};

/** Longer values are no dates; comments included. */
const dateCharsMax = 200;

/** `[day-name ","] day month year hour ":" minute [":" second] [zone]`, comments taken out, one space between. */
const datePattern =
  /^(?:[a-z]{2,9}\.?,? ?)?(\d{1,2})[ -]?([a-z]{3})[a-z]{0,6}\.?,?[ -]?(\d{2,4}),? (\d{1,2}) ?[:.] ?(\d{1,2})(?: ?[:.] ?(\d{1,2})(?:[.,]\d{1,9})?)?(?: ?(am|pm))?(?: ?(?:gmt|utc?)?([+-]) ?(\d{2}):?(\d{2})| ?([a-z]{1,5}))?/;

/** asctime: `Mon Jan  5 10:00:00 2004`. */
const asctimePattern =
  /^[a-z]{3} ([a-z]{3}) (\d{1,2}) (\d{1,2}):(\d{2}):(\d{2})(?: ([a-z]{1,5}))?(?: ([+-])(\d{2})(\d{2}))? (\d{4})/;

/**
 * A Date field (RFC 5322 §3.3, obsolete forms of §4.3, and what mail of the wild has) in milliseconds since 1970.
 * `undefined` when it is none. Dates that no calendar has (31 February) are none.
 */
export function parseDate(value: string): number | undefined {
  const moment = readMoment(value);
  return moment === undefined ? undefined : timeMs(moment);
}

/** The day as it is written, whatever its time and zone: the start of that day in UTC, in milliseconds since 1970. */
export function parseWrittenDay(value: string): number | undefined {
  const moment = readMoment(value);
  if (moment === undefined || timeMs(moment) === undefined) return undefined;
  return Date.UTC(moment.year, moment.month, moment.day);
}

function readMoment(value: string): Moment | undefined {
  if (value.length > dateCharsMax) return undefined;
  return usualMoment(value) ?? anyMoment(value);
}

/**
 * As programs of today write it: `Mon, 05 Jan 2004 10:00:00 +0000`. What does not begin so is looked at closely; what
 * comes behind, mostly the zone by its name, says nothing more.
 */
function usualMoment(value: string): Moment | undefined {
  if (value.length < 31) return undefined;
  for (const { at, sign } of punctuation) if (value.charCodeAt(at) !== sign) return undefined;
  const moment = {
    year: digits(value, 12, 4),
    month: monthsAsWritten.indexOf(value.slice(8, 11)),
    day: digits(value, 5, 2),
    hour: digits(value, 17, 2),
    minute: digits(value, 20, 2),
    second: digits(value, 23, 2),
  };
  const zone = digits(value, 27, 4);
  const sign = value.charAt(26);
  const isRead = weekdays.includes(value.slice(0, 3)) && moment.month >= 0 && (sign === '+' || sign === '-');
  const minutes = Math.floor(zone / 100) * 60 + (zone % 100);
  // One that is no number makes the sum none.
  const isNumber = !Number.isNaN(
    moment.year + moment.day + moment.hour + moment.minute + moment.second + zone,
  );
  return isRead && isNumber ? { ...moment, offsetMinutes: sign === '-' ? -minutes : minutes } : undefined;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const monthsAsWritten = months.map((month) => month.charAt(0).toUpperCase() + month.slice(1));
const [comma, space, colon] = [44, 32, 58];
const punctuation: readonly { readonly at: number; readonly sign: number }[] = [
  { at: 3, sign: comma },
  { at: 4, sign: space },
  { at: 7, sign: space },
  { at: 11, sign: space },
  { at: 16, sign: space },
  { at: 19, sign: colon },
  { at: 22, sign: colon },
  { at: 25, sign: space },
];

/** `NaN`: there is something else. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function anyMoment(value: string): Moment | undefined {
  const text = withoutComments(value).toLowerCase().replaceAll(/\s+/g, ' ').trim();
  return fromRfc(text) ?? fromAsctime(text);
}

function withoutComments(value: string): string {
  if (!value.includes('(')) return value;
  let depth = 0;
  let out = '';
  for (const c of value) {
    if (c === '(') depth += 1;
    else if (c === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) out += c;
  }
  return out;
}

function fromRfc(text: string): Moment | undefined {
  const match = datePattern.exec(text);
  if (match === null) return undefined;
  const [, day, month = '', year = '', hour, minute, second, half, sign, zoneHour, zoneMinute, zone] = match;
  return {
    year: fullYear(year),
    month: months.indexOf(month),
    day: Number(day),
    hour: halfDay(Number(hour), half),
    minute: Number(minute),
    second: Number(second ?? 0),
    offsetMinutes: offset(sign, zoneHour, zoneMinute) ?? zones[zone ?? ''] ?? 0,
  };
}

function fromAsctime(text: string): Moment | undefined {
  const match = asctimePattern.exec(text);
  if (match === null) return undefined;
  const [, month = '', day, hour, minute, second, zone, sign, zoneHour, zoneMinute, year] = match;
  return {
    year: Number(year),
    month: months.indexOf(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    offsetMinutes: offset(sign, zoneHour, zoneMinute) ?? zones[zone ?? ''] ?? 0,
  };
}

/** RFC 5322 §4.3: two digits below 50 are of this century, three count from 1900. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return text.length === 3 ? 1900 + year : year;
}

function halfDay(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) return hour;
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}

function offset(
  sign: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
): number | undefined {
  if (sign === undefined) return undefined;
  const minutes = Number(hour) * 60 + Number(minute);
  return sign === '-' ? -minutes : minutes;
}

interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly offsetMinutes: number;
}

function timeMs(m: Moment): number | undefined {
  if (m.month < 0 || m.year < 1900 || m.year > 9999) return undefined;
  // 60 is a leap second.
  if (m.hour > 23 || m.minute > 59 || m.second > 60) return undefined;
  const date = Date.UTC(m.year, m.month, m.day);
  if (m.day < 1 || new Date(date).getUTCDate() !== m.day) return undefined;
  return date + ((m.hour * 60 + m.minute - m.offsetMinutes) * 60 + m.second) * 1000;
}

/** RFC 5322 §3.3 in UTC: `Mon, 05 Jan 2004 10:00:00 +0000`. */
export function formatDate(ms: number): string {
  return `${new Date(ms).toUTCString().slice(0, -'GMT'.length)}+0000`;
}
