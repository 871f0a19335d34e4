import { AUTHENTIC_DATA, RECURSION_DESIRED, decode } from 'dns-packet';
import type { DecodedPacket } from 'dns-packet';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { asBuffer } from '#mail/octets.ts';
import type { DnsQuery, DnsReply } from './dns-exchanged.ts';
import { canonicalName } from './dns-name.ts';
import { readAbsence } from './read-absence.ts';
import { recordNumbers } from './record-numbers.ts';

/** RFC 9715 §3.1, DNS flag day 2020: what passes without fragments. */
export const ednsPayloadOctets = 1232;

/** RFC 1035 §4.1.1, and type and class behind the name. */
const headerBytes = 12;
const questionTailBytes = 4;
/** RFC 6891 §6.1.2: of an OPT record without options. */
const optBytes = 11;
const typeOpt = 41;
const classIn = 1;
const dotCode = 46;

/** With RD, and AD to ask for the AD bit without the signatures (RFC 6840 §5.7). */
export function encodeQuery({ id, spelled, type, edns }: DnsQuery): Uint8Array {
  // Each label is as long in text with its dot as on the wire with its length; the last is followed by the root.
  const nameBytes = spelled === '.' ? 1 : spelled.length + 2;
  const end = headerBytes + nameBytes + questionTailBytes;
  const bytes = Buffer.alloc(end + (edns ? optBytes : 0));
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt16BE(RECURSION_DESIRED | AUTHENTIC_DATA, 2);
  bytes[5] = 1;
  if (spelled !== '.') writeLabels(bytes, spelled);
  bytes.writeUInt16BE(recordNumbers[type], end - 4);
  bytes[end - 1] = classIn;
  if (!edns) return bytes;
  bytes[11] = 1;
  bytes[end + 2] = typeOpt;
  bytes.writeUInt16BE(ednsPayloadOctets, end + 3);
  return bytes;
}

/** Canonical names are ASCII, with labels of at most 63 characters. */
function writeLabels(bytes: Buffer, name: string): void {
  let lengthAt = headerBytes;
  for (let index = 0; index <= name.length; index += 1) {
    const at = headerBytes + 1 + index;
    const code = index === name.length ? dotCode : name.charCodeAt(index);
    if (code !== dotCode) bytes[at] = code;
    else {
      bytes[lengthAt] = at - lengthAt - 1;
      lengthAt = at;
    }
  }
}

/**
 * Reads a reply and holds it against the question. `mismatch`: not an answer to this question, so perhaps a forged
 * one: go on waiting. `garbage`: it cannot be read.
 */
export function readReply(bytes: Uint8Array, query: DnsQuery): Result<DnsReply, 'mismatch' | 'garbage'> {
  const head = asBuffer(bytes);
  if (head.length < headerBytes || head.readUInt16BE(0) !== query.id) return err('mismatch');
  const absence = readAbsence(head, query);
  if (absence !== undefined) return ok(absence);
  const packet = decodePacket(head);
  if (packet === undefined) return err('garbage');
  if (!packet.flag_qr || !isAsked(packet, query)) return err('mismatch');
  return ok({
    rcode: rcodeOf(packet),
    truncated: packet.flag_tc,
    authenticData: packet.flag_ad,
    answers: packet.answers ?? [],
    soa: soaOf(packet),
    echoes: packet.questions?.[0]?.name === query.spelled,
    sizeBytes: bytes.byteLength,
  });
}

/** RFC 6891 §6.1.3: an OPT record has the upper octet of the code. Of those codes only BADVERS (16) has a name here. */
function rcodeOf(packet: DecodedPacket): string {
  const { rcode = 'SERVFAIL' } = packet as { readonly rcode?: string };
  const opt = packet.additionals?.find((one) => one.type === 'OPT');
  const upper = opt?.type === 'OPT' ? opt.extendedRcode : 0;
  if (upper === 0) return rcode;
  return upper === 1 && rcode === 'NOERROR' ? 'BADVERS' : 'SERVFAIL';
}

function soaOf({ authorities = [] }: DecodedPacket): DnsReply['soa'] {
  const soa = authorities.find((one) => one.type === 'SOA');
  return soa?.type === 'SOA' ? { ttl: soa.ttl, minimum: soa.data.minimum } : undefined;
}

/** The one place that catches what the decoder throws at a malformed message. */
function decodePacket(bytes: Buffer): DecodedPacket | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

function isAsked(packet: DecodedPacket, query: DnsQuery): boolean {
  const [question, ...more] = packet.questions ?? [];
  if (question === undefined || more.length > 0) return false;
  const sameType = question.type === query.type && (question.class ?? 'IN') === 'IN';
  return sameType && canonicalName(question.name) === query.name;
}
