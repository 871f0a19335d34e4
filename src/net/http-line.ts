import type { Frame } from '#protocols/conversation.ts';

const requestLine = /^[A-Z]{3,12} \S{1,8000} HTTP\/\d|^PRI \* HTTP\/2/;
/** Of a request line that was too long only the beginning is known. */
const requestHead = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE) (?:\/|https?:)/;

/**
 * S-08: a page in a browser can be made to send a POST to a mail port, whose lines would be read as
 * commands one by one. No mail command looks like a request line.
 */
export function isHttpRequest(frame: Frame): boolean {
  if (frame.kind === 'overlong') return requestHead.test(textOf(frame.head));
  return frame.kind === 'line' && frame.bytes.length >= 14 && requestLine.test(textOf(frame.bytes));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', 0, 8100);
}
