/** S-05: text of a peer is one line, printable, at most 512 octets. */
export const foreignTextBytesMax = 512;

const unprintable =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Nothing to be made safe; most text is. */
const plain = /^[ -~]*$/;

/**
 * Foreign text made safe for a log, a header, a reply or a terminal (S-05): controls, line ends, invisible and
 * direction-changing characters become `?`; cut to 512 octets of UTF-8 with a mark that it was cut.
 */
export function cleanForeignText(text: string, bytesMax: number = foreignTextBytesMax): string {
  if (text.length <= bytesMax && plain.test(text)) return text;
  // One octet is at least one code unit, so nothing behind this can survive the cut below.
  const cut = text.length > bytesMax ? text.slice(0, bytesMax) : text;
  const clean = cut.replaceAll(unprintable, '?');
  if (cut === text && Buffer.byteLength(clean) <= bytesMax) return clean;
  return `${withinBytes(clean, bytesMax - 3)}...`;
}

function withinBytes(text: string, bytesMax: number): string {
  if (plain.test(text)) return text.slice(0, bytesMax);
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** The same in double quotes, with quotes and backslashes escaped: nothing in it can look like a field of ours. */
export function quoteForeignText(text: string): string {
  return `"${cleanForeignText(text).replaceAll(/["\\]/g, '\\$&')}"`;
}
