import { AUTHENTIC_DATA, RECURSION_DESIRED, decode, encode } from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { RecordType } from '#platform/resolver.ts';
import { canonicalName } from './dns-name.ts';

/** RFC 9715 §3.1, DNS flag day 2020: what passes without fragments. */
export const ednsPayloadOctets = 1232;

export interface DnsQuery {
  /** 16 bits of chance. */
  readonly id: number;
  /** Canonical. */
  readonly name: string;
  /** As it is written in the question: in cases by chance, or as `name`. */
  readonly spelled: string;
  readonly type: RecordType;
  readonly edns: boolean;
}

/** A reply that belongs to the question that was asked. */
export interface DnsReply {
  readonly rcode: string;
  readonly truncated: boolean;
  /** The AD bit as it came. */
  readonly authenticData: boolean;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
  /** It repeats our question letter by letter. */
  readonly echoes: boolean;
  readonly sizeBytes: number;
}

/** With RD, and AD to ask for the AD bit without the signatures (RFC 6840 §5.7). */
export function encodeQuery(query: DnsQuery): Uint8Array {
  return encode({
    type: 'query',
    id: query.id,
    flags: RECURSION_DESIRED | AUTHENTIC_DATA,
    questions: [{ name: query.spelled, type: query.type, class: 'IN' }],
    additionals: query.edns ? [edns] : [],
  });
}

const edns = {
  type: 'OPT' as const,
  name: '.',
  udpPayloadSize: ednsPayloadOctets,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/**
 * Reads a reply and holds it against the question. `mismatch`: not an answer to this question, so perhaps a forged
 * one: go on waiting. `garbage`: it cannot be read.
 */
export function readReply(bytes: Uint8Array, query: DnsQuery): Result<DnsReply, 'mismatch' | 'garbage'> {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (head.length < 12 || head.readUInt16BE(0) !== query.id) return err('mismatch');
  const packet = decodePacket(head);
  if (packet === undefined) return err('garbage');
  if (!packet.flag_qr || !isAsked(packet, query)) return err('mismatch');
  return ok({
    rcode: (packet as { readonly rcode?: string }).rcode ?? 'SERVFAIL',
    truncated: packet.flag_tc,
    authenticData: packet.flag_ad,
    answers: packet.answers ?? [],
    authorities: packet.authorities ?? [],
    echoes: packet.questions?.[0]?.name === query.spelled,
    sizeBytes: bytes.byteLength,
  });
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
