/** Message `n` of the bench: one in four is multipart with an attachment, some 3 to 9 KiB, always the same bytes. */
export function benchMessage(n: number): Buffer {
  const head = [
    `From: "Sender ${String(n % 50)}" <sender${String(n % 50)}@elsewhere.test>`,
    'To: Reader <bench@example.test>, Other <other@example.test>',
    `Subject: Message number ${String(n)} about the conference`,
    `Date: Sat, 21 Nov 2026 ${clockTime(n)} +0000`,
    `Message-ID: <bench.${String(n)}@elsewhere.test>`,
    'Received: from one.test by two.test with ESMTPS; Sat, 21 Nov 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n${n % 4 === 0 ? multipart(n) : plain(n)}`, 'latin1');
}

function clockTime(n: number): string {
  return [Math.floor(n / 3600) % 24, Math.floor(n / 60) % 60, n % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

function text(n: number): string {
  return `Dear reader, this is line after line of message ${String(n)}; the conferences are far away.\r\n`.repeat(
    30 + (n % 20),
  );
}

function plain(n: number): string {
  return `Content-Type: text/plain; charset=utf-8\r\n\r\n${text(n)}`;
}

function multipart(n: number): string {
  const boundary = `=_bench_${String(n)}`;
  const attachment = Buffer.alloc(3000, n & 255)
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\r\n');
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    text(n),
    `--${boundary}`,
    'Content-Type: application/pdf; name="paper.pdf"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="paper.pdf"',
    '',
    attachment,
    `--${boundary}--`,
    '',
  ].join('\r\n');
}
