const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** RFC 4648 §4, strictly; `undefined` when it is none, or nothing was given. */
export function readBase64(text: string | undefined): Uint8Array | undefined {
  if (text === undefined || !base64Pattern.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

/** RFC 5034 §4: a challenge as its own line. */
export function challengeLine(bytes: Uint8Array): string {
  return `+ ${Buffer.from(bytes).toString('base64')}\r\n`;
}
