import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small message with CR LF line ends. */
export function smallMessage(fields: {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly body?: string;
}): string {
  return [
    `From: <${fields.from}>`,
    `To: <${fields.to}>`,
    `Subject: ${fields.subject}`,
    `Date: Sat, 21 Nov 2026 10:00:00 +0000`,
    `Message-ID: <${fields.subject.replaceAll(/[^\w-]/g, '.')}@interop.test>`,
    '',
    fields.body ?? 'The body of the message.',
    '.. a line that begins with dots',
    '',
  ].join('\r\n');
}

/** Folder of the public suites, or undefined. */
export const suitesFolder = process.env['POSTERN_SUITES'];

/** Real mail from the public suites: mbox line stripped, line ends made CR LF. */
export function realMail(limit: number): readonly Buffer[] {
  if (suitesFolder === undefined) return [];
  const files = globSync(['mail/ham-2002/**/*', 'mail/spam-2002/**/*', 'mail/phishing-2023/**/*'], {
    cwd: suitesFolder,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return files.slice(0, limit).map((file) => withNetworkLineEnds(withoutMboxLine(readFileSync(file))));
}

function withoutMboxLine(bytes: Buffer): Buffer {
  return bytes.subarray(0, 5).toString('latin1') === 'From ' ? bytes.subarray(bytes.indexOf(10) + 1) : bytes;
}

function withNetworkLineEnds(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(/\r\n|\r|\n/g, '\r\n'), 'latin1');
}
