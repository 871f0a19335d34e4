import type { Cursor } from './cursor.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const dayMs = 86_400_000;

/** `date = date-text / DQUOTE date-text DQUOTE` (RFC 9051 §9) as the UTC day [fromMs, untilMs). */
export function date(cursor: Cursor): { readonly fromMs: number; readonly untilMs: number } {
  const quote = cursor.skip('"');
  const match = take(cursor, /(\d{1,2})-([A-Za-z]{3})-(\d{4})/y, 'a date such as 1-Feb-1994');
  const fromMs = dayStart(cursor, match);
  if (quote) cursor.expect('"');
  return { fromMs, untilMs: fromMs + dayMs };
}

/** `date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE`, in milliseconds since 1970. */
export function dateTime(cursor: Cursor): number {
  const match = take(
    cursor,
    /"([ \d]?\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"/y,
    'a date and time such as "17-Jul-1996 02:44:25 -0700"',
  );
  const day = dayStart(cursor, match);
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  const offsetMinutes = Number(match[8]) * 60 + Number(match[9]);
  if (hour > 23 || minute > 59 || second > 60 || offsetMinutes > 24 * 60) cursor.fail('a time of day');
  const localMs = day + ((hour * 60 + minute) * 60 + second) * 1_000;
  return localMs - (match[7] === '-' ? -1 : 1) * offsetMinutes * 60_000;
}

/** What `date-year` with its four digits can tell. */
const firstMs = Date.parse('0000-01-01T00:00:00Z');
const lastMs = Date.parse('9999-12-31T23:59:59Z');

/** Internal dates are told in UTC: what zone a message came in with is in its header. */
export function formatDateTime(ms: number): string {
  const date = new Date(Math.min(Math.max(ms, firstMs), lastMs));
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const month = months[date.getUTCMonth()] ?? '';
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `"${day}-${month}-${year} ${date.toISOString().slice(11, 19)} +0000"`;
}

function take(cursor: Cursor, pattern: RegExp, what: string): RegExpExecArray {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (match === null) return cursor.fail(what);
  cursor.at += match[0].length;
  return match;
}

function dayStart(cursor: Cursor, match: RegExpExecArray): number {
  const day = Number(match[1]);
  const monthText = (match[2] ?? '').toLowerCase();
  const month = months.findIndex((name) => name.toLowerCase() === monthText);
  const start = new Date(0);
  start.setUTCFullYear(Number(match[3]), month, day);
  // 31-Apr and 0-May roll over into another month.
  if (month < 0 || start.getUTCMonth() !== month || start.getUTCDate() !== day)
    cursor.fail('a day of the calendar');
  return start.getTime();
}
