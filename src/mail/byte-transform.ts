/** Bytes in, bytes out, in any chunking; `finish` gives what was held back. */
export interface ByteTransform {
  push(bytes: Uint8Array): Uint8Array;
  finish(): Uint8Array;
}

/** The whole at once. */
export function transformAll(transform: ByteTransform, bytes: Uint8Array): Uint8Array {
  const head = transform.push(bytes);
  const tail = transform.finish();
  return tail.length === 0 ? head : Buffer.concat([head, tail]);
}
