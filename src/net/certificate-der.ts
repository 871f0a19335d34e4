/** The few forms of DER (X.690) that a self-signed certificate is written in. */
export const der = {
  sequence: (...items: readonly Buffer[]): Buffer => element(0x30, Buffer.concat(items)),
  set: (...items: readonly Buffer[]): Buffer => element(0x31, Buffer.concat(items)),
  integer: (bytes: Buffer): Buffer => element(0x02, bytes),
  true: (): Buffer => element(0x01, Buffer.from([0xff])),
  utf8: (text: string): Buffer => element(0x0c, Buffer.from(text)),
  octetString: (bytes: Buffer): Buffer => element(0x04, bytes),
  bitString: (bytes: Buffer): Buffer => bits(bytes, 0),
  bits,
  oid: (text: string): Buffer => element(0x06, oidBytes(text)),
  time,
  /** Context-specific, constructed. */
  tagged: (tag: number, content: Buffer): Buffer => element(0xa0 | tag, content),
  /** Context-specific, primitive. */
  implicit: (tag: number, content: Buffer): Buffer => element(0x80 | tag, content),
} as const;

function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthBytes(content.byteLength), content]);
}

/** X.690 §8.1.3. */
function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function bits(bytes: Buffer, unusedBits: number): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([unusedBits]), bytes]));
}

/** X.690 §8.19. */
function oidBytes(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return Buffer.from([first * 40 + second, ...rest.flatMap(base128)]);
}

function base128(value: number): readonly number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** RFC 5280 §4.1.2.5: UTCTime until 2049, then GeneralizedTime. */
function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return new Date(ms).getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}
