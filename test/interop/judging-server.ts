import { readFileSync, writeFileSync } from 'node:fs';
import { ImapReader } from '#test/peers/imap-reader.ts';
import { eventually, type Peer } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';
import { startUnbound } from '#test/peers/unbound.ts';

/** Of every zone: mail comes from `client.test`, whose names agree. */
const clientZone: readonly string[] = [
  '. 300 IN NS a.root.test.',
  '1.0.0.127.in-addr.arpa. 300 IN PTR client.test.',
  'client.test. 300 IN A 127.0.0.1',
];

/** A server that judges mail from this machine as from anywhere, by a real resolver. */
export interface JudgingServer {
  readonly unbound: Peer;
  readonly server: Postern;
  /** What the sender hears. */
  send(from: string, message: string): Promise<string>;
  /** The message of this subject as its reader gets it. */
  inbox(subject: string): Promise<string>;
  end(): Promise<void>;
}

export async function startJudgingServer(zone: readonly string[]): Promise<JudgingServer> {
  const unbound = await startUnbound([...clientZone, ...zone]);
  const first = await startPostern({ outbound: { resolverPort: unbound.port, port: 25 } });
  await first.stop();
  const { config } = first.ready;
  const text = readFileSync(config, 'utf8').replace('exempt = ["rate", "dns"]', 'exempt = ["rate"]');
  writeFileSync(config, text);
  const server = await first.again();
  const { address: user, password } = server;
  const reader = await ImapReader.connect({ port: server.port('imap', 'starttls'), user, password });
  return {
    unbound,
    server,
    async send(from, message) {
      const writer = await SmtpWriter.connect(server.port('mx'));
      try {
        return await writer.send(from, [server.address], message);
      } finally {
        writer.close();
      }
    },
    async inbox(subject) {
      let found = '';
      await eventually(`${subject} arrives`, async () => {
        const messages = await reader.everything('INBOX');
        found = messages.find(({ body }) => body.includes(`Subject: ${subject}\r\n`))?.body ?? '';
        return found !== '';
      });
      return found;
    },
    async end() {
      await server.end();
      await unbound.stop();
    },
  };
}
