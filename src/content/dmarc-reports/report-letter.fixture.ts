/** A message that brings a report, as it is sent. */
export interface ReportLetter {
  readonly from?: string;
  readonly to?: string;
  /** As of a part: `application/gzip; name="a.xml.gz"`. */
  readonly type?: string;
  readonly octets: Uint8Array;
  /** Attached that often. */
  readonly times?: number;
}

export function reportLetter(letter: ReportLetter): Buffer {
  const { from = 'noreply@reporter.example', to = 'dmarc-reports@example.test', times = 1 } = letter;
  const { type = 'application/gzip; name="report.xml.gz"', octets } = letter;
  const base64 = Buffer.from(octets)
    .toString('base64')
    .replaceAll(/.{1,76}/g, '$&\r\n');
  const part = `--b\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}`;
  return Buffer.from(
    `From: ${from}\r\nTo: ${to}\r\nSubject: Report Domain: example.test\r\nMIME-Version: 1.0\r\n` +
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n' +
      `--b\r\nContent-Type: text/plain\r\n\r\nThis is an aggregate report.\r\n${part.repeat(times)}--b--\r\n`,
  );
}
