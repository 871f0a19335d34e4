import { parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';

/** Both ends of the connection that a proxy took for us. */
export interface ProxiedEnds {
  readonly client: ClientAddress;
  readonly clientPort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

export type ProxyHeader =
  | { readonly kind: 'more' }
  /** `ends` is `undefined` where the proxy speaks for itself (`LOCAL`, `UNKNOWN`): its own address counts. */
  | { readonly kind: 'header'; readonly lengthBytes: number; readonly ends: ProxiedEnds | undefined }
  | { readonly kind: 'wrong'; readonly why: string };

/** proxy-protocol.txt §2.1: "107 characters", with CR LF. */
const textBytesMax = 107;
/** §2.2: 16 bytes and what follows them; real ones have a few hundred, with certificates in them some thousand. */
export const proxyHeaderBytesMax = 16 + 4096;

const signature = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const textStart = Buffer.from('PROXY ');
const more: ProxyHeader = { kind: 'more' };

/** Reads the header of the PROXY protocol, version 1 or 2, from the beginning of what a proxy sent. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (beginsLike(bytes, signature)) return bytes.length < 16 ? more : binaryHeader(bytes);
  if (beginsLike(bytes, textStart)) return textHeader(bytes);
  return wrong('no header of the PROXY protocol');
}

function beginsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function wrong(why: string): ProxyHeader {
  return { kind: 'wrong', why };
}

/** §2.1: `PROXY TCP4 203.0.113.5 192.0.2.1 40000 25`. */
function textHeader(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, textBytesMax).indexOf('\r\n');
  if (end < 0) return bytes.length < textBytesMax ? more : wrong('the line does not end');
  const lengthBytes = end + 2;
  const [, family = '', ...words] = bytes.toString('latin1', 0, end).split(' ');
  if (family === 'UNKNOWN') return { kind: 'header', lengthBytes, ends: undefined };
  const [from = '', to = '', fromPort = '', toPort = ''] = words;
  const isFamily = family === 'TCP4' ? isIpv4 : isIpv6;
  if ((family !== 'TCP4' && family !== 'TCP6') || words.length !== 4 || !isFamily(from) || !isFamily(to))
    return wrong('the addresses cannot be read');
  return withEnds(lengthBytes, { from, to, fromPort: portOf(fromPort), toPort: portOf(toPort) });
}

function isIpv4(text: string): boolean {
  return /^[0-9.]{7,15}$/.test(text);
}

function isIpv6(text: string): boolean {
  return /^[0-9A-Fa-f:.]{2,45}$/.test(text) && text.includes(':');
}

/** No leading zeros; `undefined`: out of range. */
function portOf(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

/** §2.2: signature, version and command, family, length, addresses, then TLVs that nobody here asks for. */
function binaryHeader(bytes: Buffer): ProxyHeader {
  const version = bytes.readUInt8(12) >> 4;
  const command = bytes.readUInt8(12) & 15;
  const family = bytes.readUInt8(13);
  const lengthBytes = 16 + bytes.readUInt16BE(14);
  if (version !== 2 || command > 1) return wrong('a version or command that is not known');
  if (lengthBytes > proxyHeaderBytesMax) return wrong('the header is too long');
  if (bytes.length < lengthBytes) return more;
  // LOCAL is the proxy's own check of our health; what is no TCP over IP has no address we could judge.
  if (command === 0 || (family !== 0x11 && family !== 0x21))
    return { kind: 'header', lengthBytes, ends: undefined };
  const addressBytes = family === 0x11 ? 4 : 16;
  const block = bytes.subarray(16, lengthBytes);
  if (block.length < 2 * addressBytes + 4) return wrong('the addresses are cut off');
  return withEnds(lengthBytes, {
    from: spell(block.subarray(0, addressBytes)),
    to: spell(block.subarray(addressBytes, 2 * addressBytes)),
    fromPort: block.readUInt16BE(2 * addressBytes),
    toPort: block.readUInt16BE(2 * addressBytes + 2),
  });
}

function spell(address: Buffer): string {
  if (address.length === 4) return address.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => address.readUInt16BE(index * 2).toString(16));
  return groups.join(':');
}

interface Written {
  readonly from: string;
  readonly to: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
}

function withEnds(lengthBytes: number, { from, to, fromPort, toPort }: Written): ProxyHeader {
  const [client, localAddress] = [parseClientAddress(from), parseClientAddress(to)];
  if (client === undefined || localAddress === undefined || fromPort === undefined || toPort === undefined)
    return wrong('the addresses cannot be read');
  return {
    kind: 'header',
    lengthBytes,
    ends: { client, clientPort: fromPort, localAddress, localPort: toPort },
  };
}
