import { setTimeout as sleep } from 'node:timers/promises';
import { startOpendkim } from '#test/peers/opendkim.ts';
import { runClient, type Peer } from '#test/peers/peer.ts';
import { startPostern } from '#test/peers/postern.ts';
import { startPostfix } from '#test/peers/postfix.ts';
import { startUnbound } from '#test/peers/unbound.ts';
import type { Figure } from './figures.ts';
import { inTurn, withBoth } from './rounds.ts';
import { startSink, type Sink } from './sink.ts';
import { submitMany } from './submit-many.ts';

interface OutboundServer {
  /** Hands over messages for the sink's domain, as fast as the server takes them. */
  submit(messages: number): Promise<void>;
  stop(): Promise<void>;
}

const sizeBytes = 4096;

/**
 * Messages per second from submission to the sink's 250, by TLS and signed by DKIM: ours with RSA-2048 and Ed25519 after a
 * log-in over TLS, Postfix by OpenDKIM with RSA-2048 alone and without a log-in.
 */
export async function measureOutbound(options: {
  readonly rounds: number;
  readonly messages: number;
}): Promise<Figure> {
  const sink = await startSink();
  const resolver = await startUnbound([
    'sink.test. 300 IN MX 10 mx.sink.test.',
    'mx.sink.test. 300 IN A 127.0.0.1',
  ]);
  try {
    const starts = { ours: () => startOurs(sink, resolver), peer: () => startPeer(sink) };
    return await withBoth(starts, async ({ ours, peer }) => {
      for (const server of [ours, peer]) await measure(server, sink, options.messages);
      const rates = await inTurn(options.rounds, {
        ours: () => measure(ours, sink, options.messages),
        peer: () => measure(peer, sink, options.messages),
      });
      return { scenario: 'outbound to a local sink, TLS, DKIM', ...rates, peerName: 'postfix+opendkim' };
    });
  } finally {
    await sink.stop();
    await resolver.stop();
  }
}

async function measure(server: OutboundServer, sink: Sink, messages: number): Promise<number> {
  const before = sink.received();
  const started = performance.now();
  await server.submit(messages);
  while (sink.received() < before + messages) await sleep(5);
  return messages / ((performance.now() - started) / 1000);
}

async function startPeer(sink: Sink): Promise<OutboundServer> {
  const signer = await startOpendkim('example.test');
  const postfix = await startPostfix({
    hostname: 'mx.example.test',
    settings: [
      `default_transport = smtp:[127.0.0.1]:${String(sink.port)}`,
      'smtp_tls_security_level = encrypt',
      `smtpd_milters = inet:127.0.0.1:${String(signer.port)}`,
      'milter_default_action = tempfail',
      'smtpd_client_connection_count_limit = 0',
    ],
  });
  return {
    submit: (messages) => runSource(postfix.port, messages),
    stop: async () => {
      await postfix.stop();
      await signer.stop();
    },
  };
}

/** By LMTP nothing is relayed and submission wants a login, so that ours is fed by a client that logs in. */
async function startOurs(sink: Sink, resolver: Peer): Promise<OutboundServer> {
  const server = await startPostern({ outbound: { resolverPort: resolver.port, port: sink.port } });
  // One account sends all of it.
  for (const name of ['messages_per_hour', 'messages_per_day', 'recipients_per_hour', 'recipients_per_day'])
    await server.administer('settings set', { name: `sending.${name}`, value: '0' });
  return {
    submit: async (messages) => {
      await submitMany({
        port: server.port('submission', 'implicit'),
        user: server.address,
        password: server.password,
        to: 'reader@sink.test',
        messages,
        sessions: 10,
        sizeBytes,
      });
    },
    stop: async () => {
      await server.end();
    },
  };
}

async function runSource(port: number, messages: number): Promise<void> {
  const words = [
    '-s',
    '10',
    '-m',
    String(messages),
    '-l',
    String(sizeBytes),
    '-d',
    '-f',
    'sender@example.test',
    '-t',
    'reader@sink.test',
  ];
  const outcome = await runClient('/usr/sbin/smtp-source', [...words, `127.0.0.1:${String(port)}`]);
  if (outcome.code !== 0) throw new Error(outcome.output);
}
