/** Shift codes of the old 7-bit multi-byte charsets that neither TextDecoder nor iconv-lite reads. */
const escape = 0x1b;
const shiftOut = 0x0e;
const shiftIn = 0x0f;
const tilde = 0x7e;

/**
 * HZ (RFC 1843), ISO-2022-KR (RFC 1557) and the GB 2312 part of ISO-2022-CN (RFC 1922): pairs of 7-bit bytes between
 * shift codes become the 8-bit pairs of GBK or EUC-KR. `undefined` for every other name.
 */
export function decodeShifted(bytes: Uint8Array, name: string): string | undefined {
  switch (name) {
    case 'hz-gb-2312':
      return new TextDecoder('gbk').decode(unshiftHz(bytes));
    case 'iso-2022-kr':
      return new TextDecoder('euc-kr').decode(unshiftIso2022(bytes));
    case 'iso-2022-cn':
    case 'iso-2022-cn-ext':
      return new TextDecoder('gbk').decode(unshiftIso2022(bytes));
    default:
      return undefined;
  }
}

function unshiftHz(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let size = 0;
  let high = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const c = bytes[i] ?? 0;
    const next = bytes[i + 1] ?? 0;
    if (c === tilde && (next === 0x7b || next === 0x7d)) {
      high = next === 0x7b ? 0x80 : 0;
      i += 1;
    } else if (c === tilde && high === 0 && (next === tilde || next === 0x0a)) {
      // "~~" is a tilde, "~" at the end of a line joins it with the next.
      if (next === tilde) out[size++] = tilde;
      i += 1;
    } else {
      // A line end returns to ASCII.
      if (c === 0x0a) high = 0;
      out[size++] = c > 0x20 ? c | high : c;
    }
  }
  return out.subarray(0, size);
}

function unshiftIso2022(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let size = 0;
  let high = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const c = bytes[i] ?? 0;
    if (c === escape && bytes[i + 1] === 0x24) {
      i += 3;
    } else if (c === shiftOut || c === shiftIn) {
      high = c === shiftOut ? 0x80 : 0;
    } else {
      if (c === 0x0a) high = 0;
      out[size++] = c > 0x20 ? c | high : c;
    }
  }
  return out.subarray(0, size);
}
