import assert from 'node:assert/strict';
import { createSocket, type Socket as Collector } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { eventually } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';

/** What one connection says, and whether it waits for each answer. */
interface Talk {
  readonly port: number;
  /** The client that the PROXY header names; without it, the machine itself. */
  readonly client?: string;
  readonly lines: readonly string[];
  /** Does not wait for the greeting. */
  readonly early?: boolean;
}

/** Says all of it, one answer for each line, until it is over; gives back what was heard. */
function talk({ port, client, lines, early = false }: Talk): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const left = [...lines];
    let heard = '';
    const next = (): void => {
      const line = left.shift();
      if (line === undefined) socket.end();
      else socket.write(line, 'latin1');
    };
    socket.setEncoding('latin1').setTimeout(20_000, () => socket.destroy());
    socket.on('connect', () => {
      if (client !== undefined) socket.write(`PROXY TCP4 ${client} 127.0.0.1 40000 25\r\n`);
      if (early || lines.length === 0) next();
    });
    socket.on('data', (text: string) => {
      heard += text;
      // One answer at a time; a reply of several lines ends with one that has no hyphen.
      if (/^(?:\d{3} |\* |\+|-|\w+ (?:OK|NO|BAD)).*\r\n$/m.test(text)) next();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

async function times(count: number, one: (index: number) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
}

/** A collector of syslog lines. */
async function collect(): Promise<{ readonly socket: Collector; readonly lines: string[] }> {
  const socket = createSocket('udp4');
  const lines: string[] = [];
  socket.on('message', (bytes: Buffer) => lines.push(bytes.toString('utf8')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, lines };
}

describe('attack scripts raise their events, which reach a SIEM (I-87)', { timeout: 240_000 }, () => {
  let server: Postern;
  let siem: Awaited<ReturnType<typeof collect>>;
  let mx = 0;

  before(async () => {
    siem = await collect();
    // Clients of mx are whom a proxy names; nobody is asked about them, and nobody is spared.
    const networks =
      '[[network]]\nname = "proxies"\naddresses = ["127.0.0.1"]\n\n[[network]]\nname = "far"\naddresses = ["203.0.113.0/24"]\nexempt = ["dns"]\n\n';
    server = await startPostern({
      configure: (text) =>
        text
          .replace(/^\[\[network\]\][\s\S]*?(?=^\[)/m, networks)
          .replaceAll('role = "mx"\n', 'role = "mx"\nproxy = ["proxies"]\n'),
    });
    mx = server.port('mx');
    const settings: readonly (readonly [string, string])[] = [
      ['log.syslog', `127.0.0.1:${siem.socket.address().port}`],
      ['log.syslog_format', 'cef'],
      ['smtp.error_delay', '0ms'],
      ['login.delay_max', '100ms'],
      ['login.delay_min', '0ms'],
      ['bans.automatic', 'false'],
    ];
    for (const [name, value] of settings) await server.administer('settings set', { name, value });
  });
  after(async () => {
    siem.socket.close();
    await server.end();
  });

  const mail = ['EHLO a.example\r\n', 'MAIL FROM:<a@far.example>\r\n'];
  const say = (client: string, lines: readonly string[], early = false) =>
    talk({ port: mx, client, lines, early });
  const body = (text: string) => [...mail, `RCPT TO:<${server.address}>\r\n`, 'DATA\r\n', text];

  /** Each of another client, so that none helps the other. */
  const attacks: readonly (readonly [
    what: string,
    kind: string,
    client: string,
    run: (client: string) => Promise<unknown>,
  ])[] = [
    ['connections without a word', 'scan', '203.0.113.1', (from) => times(20, () => say(from, []))],
    [
      'HTTP on a mail port',
      'scan',
      '203.0.113.2',
      (from) => times(20, () => say(from, ['GET / HTTP/1.1\r\n'])),
    ],
    ['talking before the greeting', 'scan', '203.0.113.3', (from) => times(20, () => say(from, mail, true))],
    [
      'TLS that is none',
      'scan',
      '127.0.0.1',
      () =>
        times(20, () =>
          talk({
            port: server.port('imap', 'implicit'),
            lines: ['GET / HTTP/1.1\r\n\r\n'],
            early: true,
          }),
        ),
    ],
    [
      'guessing recipients',
      'enumeration',
      '203.0.113.4',
      (from) =>
        say(from, [
          ...mail,
          ...Array.from({ length: 40 }, (_, index) => `RCPT TO:<name${index}@example.test>\r\n`),
        ]),
    ],
    [
      'smuggling in a body',
      'smuggling',
      '203.0.113.5',
      (from) =>
        times(3, () => say(from, body('From: <a@far.example>\r\n\r\nx\n.\nMAIL FROM:<b@c>\r\n.\r\n'))),
    ],
    [
      'a bare line end in a command',
      'smuggling',
      '203.0.113.6',
      (from) => times(3, () => say(from, [...mail, 'RCPT TO:<a@b>\nDATA\r\n'])),
    ],
    [
      'commands behind STARTTLS in the clear',
      'smuggling',
      '203.0.113.7',
      (from) => times(3, () => say(from, ['EHLO a.example\r\n', 'STARTTLS\r\nMAIL FROM:<a@b>\r\n'])),
    ],
    [
      'relaying in every form',
      'relay',
      '203.0.113.8',
      (from) =>
        say(from, [
          ...mail,
          ...Array.from({ length: 10 }, (_, index) => `RCPT TO:<user%away${index}.example@example.test>\r\n`),
        ]),
    ],
    [
      'what is no command, without end',
      'anomaly',
      '203.0.113.9',
      (from) =>
        times(10, () =>
          say(
            from,
            Array.from({ length: 20 }, () => 'XYZZY\r\n'),
          ),
        ),
    ],
    [
      'logging in where nobody does',
      'anomaly',
      '203.0.113.10',
      (from) => times(10, () => say(from, ['EHLO a.example\r\n', 'AUTH PLAIN AGEAYg==\r\n'])),
    ],
    [
      'IMAP that is none, a password in the clear',
      'anomaly',
      '127.0.0.1',
      () =>
        times(10, (index) =>
          talk({
            port: server.port('imap', 'starttls'),
            lines: index < 5 ? ['a LOGIN x y\r\n'] : Array.from({ length: 5 }, () => 'a XYZZY\r\n'),
          }),
        ),
    ],
  ];

  for (const [what, kind, client, run] of attacks)
    test(`${what}: intrusion-${kind}`, async () => {
      await run(client);
      const line = new RegExp(
        ` intrusion-${kind} client=${client.replaceAll('.', '\\.')} listener=\\S+ count=\\d+\n`,
      );
      await eventually(line.source, () => line.test(server.log()));
      const sent = new RegExp(`CEF:0\\|[^|]*\\|[^|]*\\|[^|]*\\|intrusion-${kind}\\|.*src=${client}\\b`);
      await eventually(sent.source, () => siem.lines.some((one) => sent.test(one)));
    });

  test('as JSON, too; and who attacks is banned, where bans are on', async () => {
    await server.administer('settings set', { name: 'log.syslog_format', value: 'json' });
    await server.administer('settings set', { name: 'bans.automatic', value: 'true' });
    const client = '203.0.113.77';
    await times(3, () => say(client, [...mail, 'RCPT TO:<a@b>\nDATA\r\n']));
    await eventually('JSON', () =>
      siem.lines.some((line) => {
        const text = line.slice(line.indexOf('{'));
        if (!text.startsWith('{')) return false;
        const event = JSON.parse(text) as Record<string, unknown>;
        return event['client'] === client && JSON.stringify(event).includes('intrusion-smuggling');
      }),
    );
    assert.match(await say(client, mail), /^421 4\.7\.0 Not accepted from your address/);
    const listed = await server.postern(['ban', 'list', '--json']);
    assert.match(listed.output, /"network":"203\.0\.113\.77\/32","reason":"intrusion"/);
  });
});
