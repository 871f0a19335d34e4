import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect, createServer, type Server } from 'node:tls';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { loginByScram, saslDialects, type ScramEnd, type ScramTry } from '#test/peers/scram-client.ts';
import { TlsTalk } from '#test/peers/tls-talk.ts';
import { makeSelfSigned } from '#test/transcripts/self-signed.ts';

const bound = 'p=tls-exporter,,';
const none = Buffer.alloc(0);

/** Somebody in between: TLS to the client with a certificate of his own, TLS to the server, every word passed on. */
async function startBetween(serverPort: number): Promise<{ readonly port: number; readonly server: Server }> {
  const { cert, key } = makeSelfSigned('mail.example.test');
  const server = createServer({ cert, key }, (client) => {
    const onwards = connect({ port: serverPort, host: '127.0.0.1', rejectUnauthorized: false });
    client.pipe(onwards).pipe(client);
    client.on('error', () => onwards.destroy()).on('close', () => onwards.destroy());
    onwards.on('error', () => client.destroy()).on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}

describe('SCRAM-SHA-256-PLUS over real TLS (RFC 5802 §6, RFC 9266)', () => {
  let postern: Postern;
  let between: Server;
  let betweenPort = 0;

  before(async () => {
    postern = await startPostern();
    ({ server: between, port: betweenPort } = await startBetween(postern.port('submission', 'implicit')));
  });
  after(async () => {
    between.close();
    await postern.end();
  });

  async function greeted(port: number, version?: 'TLSv1.2'): Promise<TlsTalk> {
    const talk = await TlsTalk.connect(port, version === undefined ? {} : { maxVersion: version });
    await talk.hear(/^220 /);
    await talk.say('EHLO client.example', /^250 [^\r\n]*\r\n$/m);
    return talk;
  }

  let others = 0;
  /** One of its own for each failure, because each makes the next on the same account wait longer. */
  async function newAccount(): Promise<Pick<ScramTry, 'user' | 'password'>> {
    const address = `user${(others += 1)}@${postern.ready.domain}`;
    const made = (await postern.administer('account add', { address })) as { readonly password: string };
    return { user: address, password: made.password };
  }

  async function tryLogin(talk: TlsTalk, given: Partial<ScramTry>): Promise<ScramEnd> {
    try {
      return await loginByScram(talk, {
        dialect: saslDialects.smtp,
        mechanism: 'SCRAM-SHA-256-PLUS',
        user: postern.address,
        password: postern.password,
        gs2: bound,
        binding: none,
        ...given,
      });
    } finally {
      talk.close();
    }
  }

  test('bound to its connection it holds, over every protocol, and the server proves itself', async () => {
    for (const [name, port, greeting] of [
      ['smtp', postern.port('submission', 'implicit'), /^220 /],
      ['imap', postern.port('imap', 'implicit'), /^\* OK/],
      ['pop3', postern.port('pop3', 'implicit'), /^\+OK/],
    ] as const) {
      const talk = await TlsTalk.connect(port);
      await talk.hear(greeting);
      if (name === 'smtp') await talk.say('EHLO client.example', /^250 [^\r\n]*\r\n$/m);
      const end = await tryLogin(talk, { dialect: saslDialects[name], binding: talk.exporter() });
      assert.deepEqual([end.accepted, end.serverProven], [true, true], name);
    }
  });

  test('through somebody in between it fails, though every word is passed on and the password is right', async () => {
    const talk = await greeted(betweenPort);
    const account = await newAccount();
    const end = await tryLogin(talk, { ...account, binding: talk.exporter() });
    assert.deepEqual([end.accepted, end.serverProven], [false, false]);
    // The control: without binding nobody notices him.
    const unbound = await greeted(betweenPort);
    const plain = await tryLogin(unbound, { ...account, mechanism: 'SCRAM-SHA-256', gs2: 'n,,' });
    assert.equal(plain.accepted, true);
  });

  test('who takes the offer of a binding away is noticed (`y`)', async () => {
    const talk = await greeted(betweenPort);
    const given = { ...(await newAccount()), mechanism: 'SCRAM-SHA-256', gs2: 'y,,' } as const;
    const end = await tryLogin(talk, given);
    assert.equal(end.accepted, false);
  });

  test('any other binding is refused: of another connection, of another kind, cut, or none', async () => {
    const port = postern.port('submission', 'implicit');
    const other = await greeted(port);
    for (const given of [
      { binding: other.exporter() },
      { binding: none },
      { gs2: 'p=tls-unique,,' },
      { gs2: 'p=tls-server-end-point,,' },
      { gs2: 'n,,' },
    ]) {
      const talk = await greeted(port);
      const account = await newAccount();
      const end = await tryLogin(talk, { ...account, binding: talk.exporter().subarray(0, 31), ...given });
      assert.equal(end.accepted, false, JSON.stringify(given));
    }
    other.close();
  });

  test('a proof that somebody heard is worth nothing on a connection of his own', async () => {
    const port = postern.port('submission', 'implicit');
    const honest = await greeted(port);
    const account = await newAccount();
    const { accepted, final } = await tryLogin(honest, { ...account, binding: honest.exporter() });
    assert.equal(accepted, true);
    const thief = await greeted(port);
    const first = Buffer.from(`${bound}n=${account.user},r=abcdefgh`).toString('base64');
    await thief.say(`AUTH SCRAM-SHA-256-PLUS ${first}`, /^334 /);
    await thief.say(final, /^\d{3} [^\r\n]*\r\n$/m);
    assert.match(thief.heard, /^535 /m);
    thief.close();
  });

  test('TLS 1.2 has no binding that is safe, so -PLUS is neither offered nor taken there', async () => {
    const port = postern.port('submission', 'implicit');
    const old = await greeted(port, 'TLSv1.2');
    assert.match(old.heard, /AUTH SCRAM-SHA-256 /);
    assert.doesNotMatch(old.heard, /-PLUS/);
    const end = await tryLogin(old, { ...(await newAccount()), binding: old.exporter() });
    assert.equal(end.accepted, false);
    const plain = await tryLogin(await greeted(port, 'TLSv1.2'), { mechanism: 'SCRAM-SHA-256', gs2: 'y,,' });
    assert.equal(plain.accepted, true, 'nothing was offered, so nothing was taken away');
  });
});
