import assert from 'node:assert/strict';
import { ImapReader } from '#test/peers/imap-reader.ts';
import { eventually } from '#test/peers/peer.ts';
import type { Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';

export interface Login {
  readonly address: string;
  readonly password: string;
}

/** Makes an account; its password is told only here. */
export async function addAccount(server: Postern, address: string): Promise<Login> {
  const made = await server.postern(['account', 'add', address, '--json']);
  assert.equal(made.code, 0, made.output);
  const { password } = JSON.parse(made.output) as { readonly password: string };
  return { address, password };
}

/** The reply to one message sent from outside. */
export async function deliver(
  server: Postern,
  to: string,
  subject: string,
  body = 'hello\r\n',
): Promise<string> {
  const writer = await SmtpWriter.connect(server.port('mx'));
  try {
    return await writer.send(
      'someone@elsewhere.test',
      [to],
      `From: someone@elsewhere.test\r\nMessage-ID: <${subject}@elsewhere.test>\r\nSubject: ${subject}\r\n\r\n${body}`,
    );
  } finally {
    writer.close();
  }
}

export async function deliverAll(server: Postern, to: string, subjects: readonly string[]): Promise<void> {
  for (const subject of subjects) assert.match(await deliver(server, to, subject), /^250 /);
}

export function openImap(server: Postern, { address, password }: Login): Promise<ImapReader> {
  return ImapReader.connect({ port: server.port('imap', 'starttls'), user: address, password });
}

export async function subjectsOf(server: Postern, login: Login): Promise<readonly string[]> {
  const reader = await openImap(server, login);
  const messages = await reader.everything('INBOX');
  await reader.close();
  return messages.map(({ body }) => /^Subject: (.*)\r$/m.exec(body)?.[1] ?? '');
}

/** Waits until exactly these are there, each once. */
export async function eventuallySubjects(
  server: Postern,
  login: Login,
  expected: readonly string[],
  timeoutMs = 20_000,
): Promise<void> {
  let found: readonly string[] = [];
  const wanted = JSON.stringify([...expected].sort());
  await eventually(
    `${login.address} has ${wanted}`,
    async () => {
      found = await subjectsOf(server, login).catch((error: unknown) => [String(error)]);
      return JSON.stringify([...found].sort()) === wanted;
    },
    timeoutMs,
  ).catch((error: unknown) => assert.fail(`${String(error)}; found ${JSON.stringify(found)}`));
}

export function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}-${String(n)}`);
}

export async function accountId(server: Postern, address: string): Promise<string> {
  const listed = await server.postern(['account', 'list', '--json']);
  const { items } = JSON.parse(listed.output) as {
    readonly items: readonly { readonly id: string; readonly address: string }[];
  };
  const found = items.find((row) => row.address === address);
  assert.ok(found, `no account ${address}`);
  return found.id;
}

export interface QueueRow {
  readonly id: string;
  readonly recipients: readonly {
    readonly address: string;
    readonly state: string;
    readonly last: { readonly reply: string } | null;
  }[];
}

export async function queueOf(server: Postern): Promise<readonly QueueRow[]> {
  const listed = await server.postern(['queue', 'list', '--json']);
  assert.equal(listed.code, 0, listed.output);
  return (JSON.parse(listed.output) as { readonly items: readonly QueueRow[] }).items;
}

export interface Submission {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

/** The reply to a message that an account sends to elsewhere: in a quick start it waits, held. */
export async function submit(
  server: Postern,
  { address, password }: Login,
  { to, subject, body }: Submission,
): Promise<string> {
  const writer = await SmtpWriter.connectTls(server.port('submission', 'implicit'));
  try {
    const plain = Buffer.from(`\0${address}\0${password}`).toString('base64');
    assert.match(await writer.command(`AUTH PLAIN ${plain}`), /^235 /);
    return await writer.send(address, [to], `From: <${address}>\r\nSubject: ${subject}\r\n\r\n${body}\r\n`);
  } finally {
    writer.close();
  }
}
