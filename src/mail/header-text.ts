/** S-05: no foreign text is longer than this where we write it, in octets. */
export const foreignTextBytesMax = 512;

/**
 * Foreign text (a remote reply, a name from EHLO, a header value) made fit to be written into a reply, a header, a
 * log or a terminal: one line, printable, at most 512 octets of UTF-8 (S-05). Controls, line breaks and what turns
 * the direction of writing become one space. Whoever writes it marks it as theirs.
 */
export function cleanForeignText(text: string): string {
  // Each character is at least one octet: do not work on what cannot stay.
  const printable = text
    .slice(0, 8 * foreignTextBytesMax)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return cutBytes(printable, foreignTextBytesMax);
}

/** The longest beginning that has at most `bytesMax` octets and cuts no character. */
export function cutBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end).trimEnd();
}
