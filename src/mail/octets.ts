/** The same memory as a Buffer, for what only Buffer can do. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Each byte as one character: offsets in the text are offsets in the bytes. */
export function latin1Text(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}

export const noBytes: Uint8Array = new Uint8Array();
