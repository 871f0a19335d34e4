import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, missingPeer, runClient } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { startPostfix, type Postfix } from '#test/peers/postfix.ts';

const missing = missingPeer('postfix', 'swaks');

/** Options of a command line, as one would type them. */
function flags(text: string): readonly string[] {
  return text.split(' ');
}

async function swaks(port: number, words: readonly string[]): Promise<string> {
  const server = ['--server', `127.0.0.1:${String(port)}`, '--helo', 'client.example', '--timeout', '20'];
  return (await runClient('swaks', [...server, ...words])).output;
}

async function traceOf(server: Postern, from: string): Promise<string> {
  const { output } = await server.postern(['trace', 'list', '--json', '--limit', '50']);
  const { items } = JSON.parse(output) as { readonly items: readonly { readonly id: string }[] };
  const found = items.find((row) => JSON.stringify(row).includes(from));
  if (found === undefined) return '';
  return (await server.postern(['trace', 'show', found.id, '--json'])).output;
}

describe('behind a gateway that is Postfix (I-59)', { skip: missing ?? false, timeout: 120_000 }, () => {
  let server: Postern;
  let postfix: Postfix;

  before(async () => {
    server = await startPostern({
      configure: (text) =>
        text
          .replace(/exempt = \[.*\]/, 'exempt = []')
          .replace(/(role = "mx"\n)/, '$1gateways = ["test"]\ngateway_only = true\n'),
    });
    postfix = await startPostfix({
      hostname: 'gw.example',
      settings: [
        `relay_domains = ${server.ready.domain}`,
        `relay_transport = smtp:[127.0.0.1]:${String(server.port('mx'))}`,
        'smtpd_authorized_xclient_hosts = 127.0.0.1',
      ],
    });
  });
  after(async () => {
    await postfix.stop();
    await server.end();
  });

  test('what it brings is judged by whom it took it from; a forged field below its own is not', async () => {
    const from = 'sender@far.example';
    const forged = 'Received: from bank.example (bank.example [192.0.2.66]) by gw.example with ESMTP id x';
    const said = await swaks(postfix.port, [
      ...flags(`--to ${server.address} --from ${from} --xclient-addr 203.0.113.5`),
      ...flags('--xclient-helo mail.far.example --xclient-proto ESMTP'),
      '--add-header',
      forged,
    ]);
    assert.match(said, /<- {2}250 2\.0\.0 Ok: queued/, said);
    await eventually('the trace of the message', async () => (await traceOf(server, from)) !== '');
    const trace = await traceOf(server, from);
    assert.match(trace, /127\.0\.0\.1 is a gateway: judged is 203\.0\.113\.5/, trace);
    assert.match(trace, /"client": ?"203\.0\.113\.5"/);
    assert.doesNotMatch(trace, /judged is 192\.0\.2\.66/);
  });

  test('mail that began on the gateway itself is undecided, and taken', async () => {
    const from = 'root@gw.example';
    await swaks(postfix.port, flags(`--to ${server.address} --from ${from}`));
    await eventually('the trace of the message', async () => (await traceOf(server, from)) !== '');
    assert.match(await traceOf(server, from), /whose mail it brings is not known/);
  });
});

describe('in front of a server that is Postfix (I-88)', { skip: missing ?? false, timeout: 120_000 }, () => {
  let server: Postern;
  let postfix: Postfix;

  before(async () => {
    postfix = await startPostfix({
      hostname: 'inner.example',
      settings: [
        'virtual_mailbox_domains = behind.test',
        'virtual_mailbox_maps = inline:{boss@behind.test=boss}',
        'virtual_transport = discard:taken',
      ],
    });
    server = await startPostern();
    const downstream = `127.0.0.1:${String(postfix.port)},encrypted`;
    await server.administer('domain add', { domain: 'behind.test', downstream });
  });
  after(async () => {
    await server.end();
    await postfix.stop();
  });

  test('mail for its mailboxes reaches it over TLS, and unknown ones are refused at RCPT', async () => {
    const mx = server.port('mx');
    const unknown = await swaks(mx, flags('--to nobody@behind.test --from a@far.example'));
    assert.match(unknown, /<\*\* 550 5\.1\.1 no such user here/, unknown);
    const taken = await swaks(mx, flags('--to boss@behind.test --from a@far.example'));
    assert.match(taken, /<- {2}250 2\.0\.0/, taken);
    await eventually('delivered behind', async () =>
      /to=<boss@behind\.test>.*status=sent/.test(postfix.log()),
    );
    assert.match(postfix.log(), /TLS connection established from/);
  });

  test('a form that it would follow further never reaches it (P-09)', async () => {
    const said = await swaks(
      server.port('mx'),
      flags('--to victim%far.example@behind.test --from a@far.example'),
    );
    assert.match(said, /<\*\* 550 5\.7\.1/, said);
    assert.doesNotMatch(postfix.log(), /victim/);
  });

  test('what it sends out goes by a relay entry, and only as its own domain (P-10)', async () => {
    const out = flags('--to somebody@elsewhere.example --from boss@behind.test');
    const refused = await swaks(server.port('mx'), out);
    assert.match(refused, /<\*\* 550 5\.7\.1 this server does not relay for you/, refused);
    const entry = {
      network: '127.0.0.1/32',
      from: ['behind.test'],
      owner: 'it',
      reason: 'the inner server',
      for: '1d',
    };
    await server.administer('relay add', entry);
    const taken = await swaks(server.port('mx'), out);
    assert.match(taken, /<- {2}250 2\.0\.0/, taken);
    assert.match(
      await traceOf(server, 'boss@behind.test'),
      /may send by the relay entry of 127\.0\.0\.1\/32/,
    );
    const forged = flags('--to somebody@elsewhere.example --from ceo@bank.example');
    assert.match(await swaks(server.port('mx'), forged), /<\*\* 550 5\.7\.1/);
  });

  test('while it is away mail is put off at RCPT, and the log says so', async () => {
    await server.administer('domain change', { domain: 'behind.test', downstream: '127.0.0.1:9' });
    const said = await swaks(server.port('mx'), flags('--to other@behind.test --from a@far.example'));
    assert.match(said, /<\*\* 451 4\.4\.1/, said);
    assert.match(server.log(), / downstream-silent /);
  });
});
