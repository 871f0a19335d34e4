import type { Frame } from '#protocols/conversation.ts';

const requestLine = /^[A-Z]{3,12} \S{1,8000} HTTP\/\d|^PRI \* HTTP\/2/;
/** Of a request line that was too long only the beginning is known. */
const requestHead = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) (?:\/|https?:)/;
/** Version 1; version 2 begins with empty lines and a NUL, which no mail protocol takes. */
const proxyHead = /^PROXY (?:TCP4|TCP6|UNKNOWN)(?: |$)/;

/**
 * S-08: a page in a browser can be made to send a POST to a mail port, whose lines would be read as
 * commands one by one. A PROXY header where none is expected is somebody who claims another's address. No mail command
 * looks like either.
 */
export function otherProtocol(frame: Frame): 'HTTP' | 'PROXY' | undefined {
  if (frame.kind === 'overlong') return requestHead.test(textOf(frame.head)) ? 'HTTP' : undefined;
  if (frame.kind !== 'line' || frame.bytes.length < 13) return undefined;
  const text = textOf(frame.bytes);
  if (proxyHead.test(text)) return 'PROXY';
  return requestLine.test(text) ? 'HTTP' : undefined;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', 0, 8100);
}
