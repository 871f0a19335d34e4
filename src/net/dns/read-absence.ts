import type { DnsQuery, DnsReply } from './dns-exchanged.ts';
import { recordNumbers } from './record-numbers.ts';

/** RFC 1035 §4.1.1. */
const headerBytes = 12;
const classIn = 1;
const typeSoa = 6;
/** RFC 6891 §6.1.2. */
const typeOpt = 41;
/** RFC 1035 §3.3.13: five numbers behind the two names. */
const soaNumbersBytes = 20;
/** RFC 1035 §2.3.4; with the final zero 255. */
const nameBytesMax = 254;

/**
 * What most replies are, since most lists have nothing of whom they are asked about: our question as we spelled it, that
 * there is no such name or record, and the SOA that says for how long. `undefined`: it is anything else, well formed or
 * not, and has to be decoded.
 */
export function readAbsence(bytes: Buffer, query: DnsQuery): DnsReply | undefined {
  if (bytes.length < headerBytes) return undefined;
  const flags = bytes.readUInt16BE(2);
  const rcode = absences.get(flags & shapeMask);
  const authorities = bytes.readUInt16BE(8);
  const additionals = bytes.readUInt16BE(10);
  const isShort = bytes.readUInt16BE(4) === 1 && bytes.readUInt16BE(6) === 0;
  if (rcode === undefined || !isShort || authorities > 1 || additionals > 1) return undefined;
  const soaAt = questionEnd(bytes, query);
  const found = authorities === 0 ? { soa: undefined, end: soaAt } : readSoa(bytes, soaAt);
  const end = additionals === 0 ? found?.end : optEnd(bytes, found?.end);
  if (found === undefined || end !== bytes.length) return undefined;
  const { soa } = found;
  const authenticData = (flags & authenticDataFlag) !== 0;
  const sizeBytes = bytes.length;
  return { rcode, truncated: false, authenticData, answers: [], soa, echoes: true, sizeBytes };
}

const authenticDataFlag = 0x20;
/** Whether it is a response, to what kind of query, whether it was cut, and the code. */
const shapeMask = 0xfa0f;
/** A response to a plain query that was not cut. */
const absences: ReadonlyMap<number, string> = new Map([
  [0x8000, 'NOERROR'],
  [0x8003, 'NXDOMAIN'],
]);

/** Behind our question, if it is that, letter by letter. */
function questionEnd(bytes: Buffer, { spelled, type }: DnsQuery): number | undefined {
  // The name of the root has no labels, and is hardly ever asked for.
  if (spelled === '.') return undefined;
  let lengthAt = headerBytes;
  let at = headerBytes + 1;
  for (let index = 0; index < spelled.length; index += 1, at += 1) {
    const code = spelled.charCodeAt(index);
    if (code === dotCode) {
      if (bytes[lengthAt] !== at - lengthAt - 1) return undefined;
      lengthAt = at;
    } else if (bytes[at] !== code) return undefined;
  }
  if (bytes[lengthAt] !== at - lengthAt - 1 || bytes[at] !== 0 || at + 5 > bytes.length) return undefined;
  const isSame = bytes.readUInt16BE(at + 1) === recordNumbers[type] && bytes.readUInt16BE(at + 3) === classIn;
  return isSame ? at + 5 : undefined;
}

const dotCode = 46;

interface FoundSoa {
  readonly soa: NonNullable<DnsReply['soa']>;
  readonly end: number;
}

/** A record that is an SOA, with names that can be read. */
function readSoa(bytes: Buffer, start: number | undefined): FoundSoa | undefined {
  const at = nameEnd(bytes, start);
  if (at === undefined || at + 10 > bytes.length || bytes.readUInt16BE(at) !== typeSoa) return undefined;
  const end = at + 10 + bytes.readUInt16BE(at + 8);
  const namesEnd = nameEnd(bytes, nameEnd(bytes, at + 10));
  if (namesEnd === undefined || namesEnd + soaNumbersBytes !== end || end > bytes.length) return undefined;
  return { soa: { ttl: bytes.readUInt32BE(at + 4), minimum: bytes.readUInt32BE(end - 4) }, end };
}

/** Behind an OPT record without options and without an upper octet of the code (RFC 6891 §6.1.3). */
function optEnd(bytes: Buffer, start: number | undefined): number | undefined {
  const at = nameEnd(bytes, start);
  if (at === undefined || at + 10 > bytes.length) return undefined;
  const isPlain = bytes[at + 4] === 0 && bytes.readUInt16BE(at + 8) === 0;
  return bytes.readUInt16BE(at) === typeOpt && isPlain ? at + 10 : undefined;
}

/** Behind a name that can be read; pointers lead back only (RFC 1035 §4.1.4), so that this ends. */
function nameEnd(bytes: Buffer, start: number | undefined): number | undefined {
  if (start === undefined) return undefined;
  let at = start;
  let before = start;
  let end: number | undefined;
  let nameBytes = 0;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return end ?? at + 1;
    if (length < 0x40) {
      nameBytes += length + 1;
      at += length + 1;
      if (nameBytes > nameBytesMax || at > bytes.length) return undefined;
    } else {
      if (length < 0xc0 || at + 1 >= bytes.length) return undefined;
      end ??= at + 2;
      at = bytes.readUInt16BE(at) & 0x3fff;
      if (at >= before) return undefined;
      before = at;
    }
  }
}
