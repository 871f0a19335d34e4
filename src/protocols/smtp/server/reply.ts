import type { Refusal } from '#delivery/receive/intake.ts';

/** A reply on the wire (RFC 5321 §4.2, RFC 2034). */
export type Reply = Uint8Array;

/** One line with an enhanced status, whose class is the code's first digit by construction (RFC 3463 §3.1). */
export function reply(code: number, detail: `${number}.${number}`, text: string): Reply {
  return Buffer.from(`${code} ${Math.floor(code / 100)}.${detail} ${text}\r\n`);
}

/** One line without: the greeting, EHLO and the 3xx codes have none (RFC 2034 §4). */
export function bareReply(code: number, text: string): Reply {
  return Buffer.from(`${code} ${text}\r\n`);
}

/** Several lines under one code. */
export function manyLines(code: number, lines: readonly string[]): Reply {
  const last = lines.length - 1;
  return Buffer.from(lines.map((line, index) => `${code}${index === last ? ' ' : '-'}${line}\r\n`).join(''));
}

export function refusalReply(refusal: Refusal): Reply {
  return Buffer.from(`${refusal.code} ${refusal.status} ${refusal.text}\r\n`);
}
