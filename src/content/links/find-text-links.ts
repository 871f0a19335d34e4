import { legibleText } from './legible-text.ts';
import { linkBounds } from './link-bounds.ts';
import type { LinkCandidate } from './link-candidate.ts';

/** What begins a link; in the forms too that keep it from being clicked by accident. */
const scheme =
  /(?:h(?:tt|xx|xt|tx|\*\*|--|__)ps?|ftps?|file|smb|wss?|webcals?|feed)(?::[\\/]{0,4}|[\\/]{2})/gi;

/** Somewhere in a word that may be a link stands one of these, and something behind it. */
const sign = /[.:\u3002\uff61](?=[^\s<>"'`|])/g;

/** Links in words: each run of characters between spaces and brackets is looked at once. */
export function* findTextLinks(written: string): Iterable<LinkCandidate> {
  const text = legibleText(written);
  if (text.includes('<')) yield* brokenLinks(text);
  for (let done = 0; ;) {
    sign.lastIndex = done;
    const index = sign.exec(text)?.index;
    if (index === undefined) return;
    const start = startOfRun(text, index, done);
    done = Math.max(endOfRun(text, index), index + 1);
    yield* runLinks(text.slice(start, done));
  }
}

/** Links with a scheme alone, wherever they stand: in markup, scripts, strings of other languages. */
export function* findWrittenLinks(text: string): Iterable<LinkCandidate> {
  for (const { index, next } of schemesOf(text)) {
    if (isNamespace(text, index)) continue;
    const end = endOfRun(text, index, Math.min(next, index + linkBounds.candidateCharsMax));
    yield { text: withoutEnd(text.slice(index, end)), kind: 'written' };
  }
}

/** Where links begin, and where the next one does: no character is looked at for two. */
function schemesOf(text: string): readonly { readonly index: number; readonly next: number }[] {
  const found: { readonly index: number; next: number }[] = [];
  scheme.lastIndex = 0;
  for (let match = scheme.exec(text); match !== null; match = scheme.exec(text)) {
    const before = found.at(-1);
    if (before !== undefined) before.next = match.index;
    found.push({ index: match.index, next: text.length });
  }
  return found;
}

/** Namespaces and document types of XML are names, and lead nowhere. */
function isNamespace(text: string, at: number): boolean {
  if (!/["']/.test(text.charAt(at - 1))) return false;
  const before = text.slice(Math.max(0, at - 60), at);
  return (
    /\sxmlns(?::[\w.-]{1,40})?\s?=\s?["']?$/i.test(before) ||
    /(?:DTD|EN)[^>"']{0,40}["']\s{0,8}["']$/i.test(before)
  );
}

/** RFC 3986 appendix C: between angle brackets a link may be broken into lines. */
function* brokenLinks(text: string): Iterable<LinkCandidate> {
  for (const [, link = ''] of text.matchAll(
    /<\s{0,4}(?:url:)?\s{0,4}((?:h(?:tt|xx)ps?|ftp):[^<>]{1,2048})>/gi,
  ))
    if (/[\r\n]/.test(link)) yield { text: link.replaceAll(/[\r\n]+[\t >]{0,8}/g, ''), kind: 'written' };
}

function startOfRun(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && !isBreak(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

function endOfRun(text: string, at: number, until: number = text.length): number {
  const last = Math.min(until, text.length);
  let end = at;
  while (end < last && !isBreak(text.charCodeAt(end))) end += 1;
  return end;
}

/** Space, controls, and `"` `'` `<` `>` `` ` `` `|`. */
function isBreak(code: number): boolean {
  if (code < 0x80)
    return (
      code <= 32 ||
      code === 34 ||
      code === 39 ||
      code === 60 ||
      code === 62 ||
      code === 96 ||
      code === 124 ||
      code === 127
    );
  return otherBreaks.test(String.fromCharCode(code));
}

/** Spaces, quotes and brackets of other scripts. */
const otherBreaks =
  /[\u0080-\u00a0\u00ab\u00bb\u1680\u2000-\u200a\u2018-\u201f\u2028\u2029\u202f\u2039\u203a\u205f\u3000\u3001\u3008-\u3011\u3014-\u301b\uff5f\uff60\uff62-\uff64]/;

function* runLinks(run: string): Iterable<LinkCandidate> {
  if (!/[:/\\]/.test(run)) {
    yield* bareLinks(run);
    return;
  }
  let isWritten = false;
  for (const { index, next } of schemesOf(run)) {
    isWritten = true;
    const end = Math.min(next, index + linkBounds.candidateCharsMax);
    yield { text: withoutEnd(run.slice(index, end)), kind: 'written' };
  }
  if (isWritten) return;
  const mailto = run.search(/mailto:/i);
  if (mailto >= 0)
    yield { text: withoutEnd(run.slice(mailto, mailto + linkBounds.candidateCharsMax)), kind: 'address' };
  else yield* bareLinks(run);
}

/** A share of files: `\\\\host@SSL\\folder`. */
const share = /\\\\([\w.-]{4,253})(?:@\w{1,8}){0,2}\\/g;

/** Words that are so long are no hosts. */
const bareCharsMax = 300;
/** Hosts that hang together by commas. */
const bareMax = 20;

/** `www.example.org/…`, `example.org`: programs make links of them. What follows an at sign is a mail address. */
function* bareLinks(run: string): Iterable<LinkCandidate> {
  if (hostPattern.test(run)) {
    if (isBareHost(run)) yield { text: `http://${withoutEnd(run)}`, kind: 'bare' };
    return;
  }
  for (const [, host = ''] of run.matchAll(share))
    if (isBareHost(host)) yield { text: `http://${host}`, kind: 'written' };
  const inner = run.slice(0, bareCharsMax * bareMax).replace(/^[([{*_=:,;>\\/]+/, '');
  const [hosts = ''] = inner.split(/[/?#\\]/, 1);
  if (!/[.\u3002\uff61]/.test(hosts)) return;
  for (const piece of hosts.split(/[,;()[\]{}*=]+/, bareMax))
    if (isBareHost(piece)) yield { text: `http://${withoutEnd(piece)}`, kind: 'bare' };
  // A host among characters that part no words.
  if (manyScripts.test(hosts))
    for (const [host] of hosts.matchAll(/[a-z0-9][a-z0-9.-]{2,252}/gi))
      if (isBareHost(host)) yield { text: `http://${withoutEnd(host)}`, kind: 'bare' };
}

/** Nothing in it parts or surrounds hosts. */
const hostPattern = /^[a-z0-9.-][\w.-]{0,299}$/i;

const manyScripts = /[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;

function isBareHost(piece: string): boolean {
  if (piece.length < 4 || piece.length > bareCharsMax || piece.includes('@')) return false;
  // A version, a time or a date; a host by its address is written whole.
  if (/^[\d.:]+$/.test(piece)) return /^\d+\.\d+\.\d+\.\d+(?::\d+)?$/.test(piece);
  // The end of a sentence and the beginning of the next: `done.It`.
  if (/^[^A-Z]+\.[A-Z][a-z]+$/.test(piece)) return false;
  return /[.\u3002\uff61][^\d\W_]|[.\u3002\uff61][\u0080-\uffff]/.test(piece);
}

const ends = '.,;:!?)]}*_~-\u3002\uff61\u2026';

/** Stops and brackets at the end belong to the sentence. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ends.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
