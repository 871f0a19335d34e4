import { createHash } from 'node:crypto';
import { MessageParser } from '#mail/message-parser.ts';
import type { MessageSummary } from '#mail/summary.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Random } from '#platform/random.ts';
import { Spool } from '#delivery/receive/spool.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import type { Hash } from './mark.ts';

export interface Letter {
  readonly hash: Hash;
  readonly body: MessageBody;
  readonly summary: MessageSummary;
}

/** Mostly small, some that fill the WAL, some over 64 KiB, which become files. */
const sizesBytes = [300, 900, 2_000, 2_000, 5_000, 5_000, 12_000, 40_000, 70_000, 150_000];

/** A message that no other is like, put away as the intake does it. */
export async function writeLetter(random: Random, blobs: Blobs, number: number): Promise<Letter> {
  const bytes = letterText(random, number);
  const parser = new MessageParser();
  const spool = new Spool(blobs);
  for (let at = 0; at < bytes.length; at += 30_000) {
    const part = bytes.subarray(at, at + 30_000);
    parser.push(part);
    await spool.write(part);
  }
  const body = await spool.finish();
  if (!body.ok) throw new Error(`no spool: ${body.error.detail}`);
  return { hash: hashOf(bytes), body: body.value, summary: parser.finish() };
}

function letterText(random: Random, number: number): Buffer {
  const head = `From: sender@elsewhere.test\r\nTo: user@example.test\r\nSubject: letter ${String(number)}\r\n\r\n`;
  const size = sizesBytes[random.integer(sizesBytes.length)] ?? 0;
  const line = `${Buffer.from(random.bytes(30)).toString('base64')} ${String(number)}\r\n`;
  return Buffer.from(head + line.repeat(Math.ceil(size / line.length)));
}

/** What delivery wrote in front is not the sender's. */
const deliveryFields = /^Return-Path: [^\r]*\r\nDelivered-To: [^\r]*\r\n/;

export function hashOf(message: Uint8Array): Hash {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const fields = deliveryFields.exec(bytes.toString('latin1', 0, 1_000))?.[0].length ?? 0;
  return createHash('sha256').update(bytes.subarray(fields)).digest('hex').slice(0, 20);
}
