import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { eventually, missingPeer, runClient } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';

const missing = missingPeer('swaks');

interface Traced {
  readonly session: { readonly client: string; readonly helo?: string };
  readonly envelope?: { readonly from: string };
}

/** Options of a command line, as one would type them. */
function flags(text: string): readonly string[] {
  return text.split(' ');
}

describe('proxies that speak for others', { skip: missing ?? false, timeout: 180_000 }, () => {
  let server: Postern;

  before(async () => {
    const first = await startPostern();
    await first.stop();
    const { config } = first.ready;
    const text = readFileSync(config, 'utf8');
    writeFileSync(
      config,
      text
        .replace(/exempt = \[.*\]/, 'exempt = []')
        .replace(/(role = "mx"\n)/, '$1proxy = ["test"]\n')
        .replace(/(role = "submission"\n)/, '$1xclient = ["test"]\n'),
    );
    server = await first.again();
    // So that an address that is known nowhere need not wait.
    await server.administer('settings set', { name: 'smtp.greeting_delay', value: '0' });
  });
  after(() => server.end());

  async function tracedFrom(sender: string): Promise<Traced | undefined> {
    const { output } = await server.postern(['trace', 'list', '--json', '--limit', '50']);
    const { items } = JSON.parse(output) as { readonly items: readonly Traced[] };
    return items.find((row) => JSON.stringify(row).includes(sender));
  }

  for (const [version, family] of [
    ['1', 'TCP4'],
    ['2', 'AF_INET'],
  ] as const)
    test(`swaks speaks for a client by the PROXY protocol, version ${version}`, async () => {
      const from = `proxied${version}@far.example`;
      const sent = await runClient('swaks', [
        ...flags(`--server 127.0.0.1:${String(server.port('mx'))} --to ${server.address} --from ${from}`),
        ...flags(`--proxy-version ${version} --proxy-family ${family} --proxy-protocol STREAM`),
        ...flags('--proxy-source 203.0.113.5 --proxy-source-port 40000'),
        ...flags('--proxy-dest 192.0.2.1 --proxy-dest-port 25'),
      ]);
      assert.match(sent.output, /<- {2}220 /, sent.output);
      assert.match(JSON.stringify(await tracedFrom(from)), /"client":"203\.0\.113\.5"/);
    });

  test('without the header nothing comes in', async () => {
    const words = ['--server', `127.0.0.1:${String(server.port('mx'))}`, '--to', server.address];
    const sent = await runClient('swaks', [...words, '--helo', 'x.example', '--timeout', '8']);
    assert.notEqual(sent.code, 0);
    assert.doesNotMatch(sent.output, /<- {2}250/);
    await eventually('it is told', () =>
      / proxy-refused client=127\.0\.0\.1 listener=mx /.test(server.log()),
    );
  });

  test('swaks speaks for a client by XCLIENT; its failed log-ins are that client’s', async () => {
    const words = ['--server', `127.0.0.1:${String(server.port('submission', 'starttls'))}`, '--tls'];
    const sent = await runClient('swaks', [
      ...words,
      ...flags(`--to ${server.address} --from ${server.address}`),
      ...flags('--xclient-addr 198.51.100.7 --xclient-helo laptop.example --xclient-proto ESMTP'),
      ...flags(`--auth PLAIN --auth-user ${server.address} --auth-password wrong`),
    ]);
    assert.match(sent.output, /XCLIENT/, sent.output);
    assert.match(server.log(), / login-failed client=198\.51\.100\.7 listener=submission /);
  });
});
