/** S-09: no honest response is longer. */
export const saslResponseBytesMax = 4096;

/** A response as text; `undefined` when it is too long or not UTF-8. */
export function saslText(response: Uint8Array): string | undefined {
  if (response.byteLength > saslResponseBytesMax) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(response);
  } catch {
    return undefined;
  }
}
