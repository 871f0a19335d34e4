import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { AccountId } from '#base/id.ts';
import { parseAddress } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import type { LoginContext, SaslExchange, SaslStep } from './authenticator.ts';
import { createAuthenticator } from './create-authenticator.ts';
import { fairPoolLimits } from './fair-pool.ts';
import type { FairPoolLimits } from './fair-pool.ts';
import type { LoginEvidence } from './failure-evidence.ts';
import { loginLimitDefaults } from './login-limits.ts';
import type { LoginLimitSettings } from './login-limits.ts';
import { makeCredentials } from './make-credentials.ts';
import { hmac, makeScramCredentials, saltedPassword } from './scram-credentials.ts';
import { proofHolds, serverSignature } from './scram-proof.ts';

const password = 'a rather long phrase';
const exporterBytes = Buffer.alloc(32, 9);
const tls: TlsFacts = { version: 'TLSv1.3', cipher: 'x', exporter: () => exporterBytes };

function context(change: Partial<LoginContext> = {}): LoginContext {
  return {
    protocol: 'imap',
    sessionId: 's1',
    listener: 'imap',
    client: '203.0.113.5',
    tls,
    exemptFromRate: false,
    ...change,
  };
}

async function world(limits: Partial<LoginLimitSettings> = {}, pool: FairPoolLimits = fairPoolLimits) {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const store = createMemoryStore({ clock, random });
  await store.domains.create('example.test' as Domain, 0);
  const parsed = parseAddress('user@example.test', { smtpUtf8: false });
  assert.ok(parsed.ok);
  const credentials = await makeCredentials({ password, address: parsed.value, random, nowMs: 0 });
  assert.ok(credentials.ok);
  const account = await store.accounts.create({
    address: parsed.value,
    credentials: credentials.value,
    administers: [],
    quota: { bytes: undefined, messages: undefined },
    nowMs: 0,
    reservedNameAllowed: false,
  });
  assert.ok(account.ok);
  const events: Event[] = [];
  const over: LoginEvidence[] = [];
  const make = () =>
    createAuthenticator({
      accounts: store.accounts,
      counters: store.counters,
      overLimit: (evidence) => over.push(evidence),
      clock,
      random,
      events: { emit: (event) => events.push(event) },
      traces: store.traces,
      saltSecret: Buffer.alloc(32, 3),
      limits: { ...loginLimitDefaults, ...limits },
      pool,
    });
  const authenticator = make();
  /** Lets the clock go on while the attempt is held back, and says how long that was. */
  async function attempt(login: () => Promise<SaslStep>) {
    const beganMs = clock.monotonic();
    const state = { done: false };
    const step = login().finally(() => (state.done = true));
    while (!state.done) {
      await new Promise((resolve) => setImmediate(resolve));
      if (clock.sleeping > 0) await clock.advance(1000);
    }
    return { step: await step, waitedMs: clock.monotonic() - beganMs };
  }
  const right = (client: string) =>
    attempt(() => authenticator.login('user@example.test', password, context({ client })));
  const tried = async (client: string, secret: string, user = 'nobody@example.test') =>
    failed((await attempt(() => authenticator.login(user, secret, context({ client })))).step);
  return { store, clock, events, over, authenticator, make, id: account.value.id, attempt, right, tried };
}

async function disable(store: Awaited<ReturnType<typeof world>>['store'], id: AccountId): Promise<void> {
  const record = await store.accounts.get(id);
  assert.ok(record.ok);
  assert.ok((await store.accounts.change(id, { state: 'disabled' }, record.value.version)).ok);
}

function failed(step: SaslStep): Extract<SaslStep, { kind: 'failed' }> {
  assert.equal(step.kind, 'failed');
  return step;
}

test('P-14: nothing is offered without TLS, binding only where TLS can bind', async () => {
  const { authenticator } = await world();
  assert.deepEqual(authenticator.mechanisms(context()), [
    'SCRAM-SHA-256-PLUS',
    'SCRAM-SHA-256',
    'PLAIN',
    'LOGIN',
  ]);
  const old = context({ tls: { version: 'TLSv1.2', cipher: 'x' } });
  assert.deepEqual(authenticator.mechanisms(old), ['SCRAM-SHA-256', 'PLAIN', 'LOGIN']);
  assert.deepEqual(authenticator.mechanisms(context({ tls: undefined })), []);
  assert.equal(authenticator.begin('PLAIN', context({ tls: undefined })), undefined);
  assert.equal(authenticator.begin('SCRAM-SHA-256-PLUS', old), undefined);
  assert.equal(authenticator.begin('CRAM-MD5', context()), undefined);
});

test('PLAIN and LOGIN and the bare password let the right one in', async () => {
  const { authenticator, events, id } = await world();
  const plain = authenticator.begin('plain', context());
  assert.deepEqual(await plain?.step(undefined), { kind: 'challenge', bytes: new Uint8Array(0) });
  const done = await plain?.step(Buffer.from(`\0user@example.test\0${password}`));
  assert.equal(done?.kind === 'done' && done.identity.account, id);
  const login = authenticator.begin('LOGIN', context());
  assert.equal((await login?.step(undefined))?.kind, 'challenge');
  assert.equal((await login?.step(Buffer.from('USER@Example.TEST')))?.kind, 'challenge');
  assert.equal((await login?.step(Buffer.from(password)))?.kind, 'done');
  assert.equal((await authenticator.login('user@example.test', password, context())).kind, 'done');
  assert.deepEqual(
    events.map((event) => (event.name === 'login-ok' ? event.mechanism : event.name)),
    ['PLAIN', 'LOGIN', 'PASSWORD'],
  );
});

test('wrong, unknown, disabled and without password end alike; malformed is told', async () => {
  const { authenticator, store, id, events } = await world();
  const wrong = failed(await authenticator.login('user@example.test', `${password}!`, context()));
  const unknown = failed(
    await authenticator.login('nobody@example.test', password, context({ client: '198.51.100.1' })),
  );
  await disable(store, id);
  const disabled = failed(
    await authenticator.login('user@example.test', password, context({ client: '192.0.2.1' })),
  );
  assert.deepEqual(wrong, { kind: 'failed', reason: 'credentials', delayMs: 500 });
  assert.deepEqual(unknown, wrong);
  assert.deepEqual({ ...disabled, delayMs: 500 }, wrong);
  for (const response of ['no nul', 'a\0b', '\0\0x', '\0a\0b\0c', '\xff']) {
    const exchange = authenticator.begin('PLAIN', context({ client: '192.0.2.77' }));
    assert.equal(
      failed((await exchange?.step(Buffer.from(response, 'latin1'))) as SaslStep).reason,
      'malformed',
    );
  }
  const other = authenticator.begin('PLAIN', context({ client: '192.0.2.78' }));
  const acting = await other?.step(Buffer.from(`boss@example.test\0user@example.test\0${password}`));
  assert.equal(acting?.kind === 'failed' && acting.reason, 'credentials');
  assert.ok(events.every((event) => !JSON.stringify(event).includes(password)));
});

test('a failed login is on record with its cause, which the peer did not hear', async () => {
  const { authenticator, store, id } = await world();
  await authenticator.login('user@example.test', 'wrong password', context());
  await authenticator.login('nobody@example.test', password, context());
  await disable(store, id);
  await scram(authenticator.begin('SCRAM-SHA-256', context()));
  await store.traces.flush();
  const traces = await store.traces.list({}, undefined, 10);
  assert.ok(traces.ok);
  assert.deepEqual(traces.value.items.map(({ kind, steps }) => `${kind}: ${steps[0]?.reason}`).sort(), [
    'login: no account has this name',
    'login: the account is disabled',
    'login: the password is wrong',
  ]);
  assert.ok(!JSON.stringify(traces.value.items).includes(password));
});

test('a password in the place of the name comes into no event and no record, by any mechanism', async () => {
  const shut = { activeMax: 0, waitingMax: 0, waitingPerNetworkMax: 0 };
  for (const pool of [undefined, shut]) {
    const { authenticator, store, events } = await world({}, pool);
    for (const secret of [password, 'P@ssw0rd']) {
      await authenticator.login(secret, 'user@example.test', context());
      await authenticator.begin('PLAIN', context())?.step(Buffer.from(`\0${secret}:\0user@example.test`));
      await scram(authenticator.begin('SCRAM-SHA-256', context()), { user: secret });
    }
    await store.traces.flush();
    const traces = await store.traces.list({}, undefined, 100);
    assert.ok(traces.ok);
    const told = JSON.stringify([events, traces.value.items]);
    assert.ok(told.includes('(not an address)') && told.includes(pool ? 'login-limited' : 'login-failed'));
    for (const secret of [password, 'P@ss', 'ssw0rd']) assert.ok(!told.includes(secret), secret);
  }
});

test('whatever is wrong, one hash is computed for it', async () => {
  const pool = { activeMax: 0, waitingMax: 0, waitingPerNetworkMax: 0 };
  const { authenticator, store, id } = await world({}, pool);
  const tries: readonly (readonly [string, string])[] = [
    ['user@example.test', 'wrong password'],
    ['user@example.test', 'not\u0007preparable'],
    ['nobody@example.test', password],
    ['user@elsewhere.example', password],
    ['not an address', password],
    ['\ud800', password],
  ];
  // The pool is shut: who comes as far as the hash hears "limited", who ended before would not.
  for (const [user, secret] of tries) {
    assert.equal(failed(await authenticator.login(user, secret, context())).reason, 'limited', user);
  }
  await disable(store, id);
  const disabled = failed(await authenticator.login('user@example.test', password, context()));
  assert.equal(disabled.reason, 'limited');
});

test('a right password is remembered without a hash, until anything about the account changes', async () => {
  const pool = { activeMax: 1, waitingMax: 0, waitingPerNetworkMax: 0 };
  const { authenticator, store, id, clock } = await world({}, pool);
  const login = () => authenticator.login('user@example.test', password, context());
  assert.equal((await login()).kind, 'done');
  // From here on no hash is computed any more: only what is remembered lets in.
  pool.activeMax = 0;
  assert.equal((await login()).kind, 'done');
  assert.equal(failed(await authenticator.login('user@example.test', 'x', context())).reason, 'limited');
  await clock.advance(600_000);
  assert.equal(failed(await login()).reason, 'limited');
  pool.activeMax = 1;
  assert.equal((await login()).kind, 'done');
  pool.activeMax = 0;
  assert.equal((await login()).kind, 'done');
  await disable(store, id);
  assert.equal(failed(await login()).reason, 'limited');
});

test('failures are delayed more and more, then not looked at, and the address is shut out (I-80)', async () => {
  const limits = { addressFailuresMax: 4, networkFailuresMax: 1000, accountFailuresMax: 1000 };
  const { authenticator, clock, over, tried } = await world(limits);
  const delays: number[] = [];
  for (let i = 0; i < 4; i += 1) delays.push((await tried('203.0.113.5', `guess ${i}`)).delayMs);
  assert.deepEqual(delays, [500, 1000, 2000, 4000]);
  assert.equal((await tried('203.0.113.5', 'guess 4')).reason, 'limited');
  assert.equal((await tried('203.0.113.6', 'guess 4')).reason, 'credentials');
  assert.deepEqual(over, [
    { client: '203.0.113.5', listener: 'imap', failures: 4, users: ['nobody@example.test'] },
  ]);
  authenticator.forgive('203.0.113.5');
  assert.equal((await tried('203.0.113.5', 'guess 5')).reason, 'credentials');
  await clock.advance(20 * 60_000);
  assert.equal((await tried('203.0.113.5', 'guess 6')).delayMs, 500);
});

test('one address that asks for many accounts is shut out; over all protocols together', async () => {
  const { authenticator, over } = await world({ addressFailuresMax: 6 });
  for (const [index, protocol] of (['smtp', 'imap', 'pop3', 'smtp', 'imap', 'pop3'] as const).entries())
    await authenticator.login(`user${index}@example.test`, 'Summer2026', context({ protocol }));
  assert.deepEqual(
    over.map(({ failures, users }) => [failures, users.length]),
    [[6, 6]],
  );
});

test('the neighbours of attackers are slowed and have less credit, but are let in', async () => {
  const { over, right, tried } = await world({ addressFailuresMax: 20, networkFailuresMax: 6 });
  for (let host = 1; host <= 6; host += 1) await tried(`203.0.113.${host}`, `guess ${host}`);
  assert.equal((await right('203.0.113.99')).step.kind, 'done');
  assert.equal((await right('203.0.113.99')).waitedMs, 0, 'its device is known now');
  for (let i = 0; i < 3; i += 1) await tried('198.51.100.7', `far ${i}`);
  assert.deepEqual(over, []);
});

test('many addresses guess at one account: slowed, shut out after three, and its owner is not (I-80)', async () => {
  const { over, right, tried, events } = await world({ accountFailuresMax: 10 });
  assert.equal((await right('192.0.2.1')).step.kind, 'done');
  for (let host = 0; host < 10; host += 1)
    await tried(`10.${host}.0.1`, `guess ${host}`, 'user@example.test');
  assert.equal(events.filter(({ name }) => name === 'account-attacked').length, 1);
  const slowed = await right('10.200.0.1');
  assert.deepEqual([slowed.step.kind, slowed.waitedMs], ['done', 8000], 'a new device of the owner');
  const own = await right('192.0.2.9');
  assert.deepEqual([own.step.kind, own.waitedMs], ['done', 0], 'a known device');
  const mistyped = await tried('192.0.2.9', 'mistyped', 'user@example.test');
  assert.equal(mistyped.delayMs, 500, 'not slowed by what others did');
  assert.deepEqual(over, []);
  for (let i = 0; i < 3; i += 1) await tried('10.1.0.1', `more ${i}`, 'user@example.test');
  assert.deepEqual(
    over.map(({ client, failures }) => [client, failures]),
    [['10.1.0.1', 3]],
  );
});

test('the same wrong password again is one failure; a known device weighs little, its old password nothing', async () => {
  const { authenticator, store, id, right, tried, events, over } = await world({ addressFailuresMax: 3 });
  for (let i = 0; i < 5; i += 1) assert.equal((await tried('203.0.113.5', 'the same')).reason, 'credentials');
  assert.deepEqual(over, []);
  assert.equal((await right('192.0.2.1')).step.kind, 'done');
  const record = await store.accounts.get(id);
  assert.ok(record.ok);
  const credentials = await makeCredentials({
    password: 'quite another phrase',
    address: record.value.address,
    random: createFakeRandom(9),
    nowMs: 0,
  });
  assert.ok(credentials.ok);
  assert.ok((await store.accounts.change(id, { credentials: credentials.value }, record.value.version)).ok);
  authenticator.forget(id);
  events.length = 0;
  await tried('192.0.2.1', password, 'user@example.test');
  await tried('192.0.2.1', 'a slip', 'user@example.test');
  await tried('198.51.100.1', password, 'user@example.test');
  assert.deepEqual(
    events.map((event) => event.name === 'login-failed' && event.weight),
    [0, 0.25, 1],
  );
});

test('where somebody has logged in from is slowed, never shut out, also after a restart', async () => {
  const { make, over, right, clock, attempt } = await world({ addressFailuresMax: 3 });
  assert.equal((await right('192.0.2.1')).step.kind, 'done');
  const restarted = make();
  let waitedMs = 0;
  for (let i = 0; i < 6; i += 1) {
    const login = () => restarted.login('other@example.test', `guess ${i}`, context({ client: '192.0.2.1' }));
    const { step, waitedMs: ms } = await attempt(login);
    assert.equal(failed(step).reason, 'credentials');
    waitedMs += ms;
  }
  assert.equal(waitedMs, 3 * 8000);
  assert.deepEqual(over, []);
  await clock.advance(40 * 86_400_000);
  for (let i = 0; i < 3; i += 1)
    await restarted.login('other@example.test', `late ${i}`, context({ client: '192.0.2.1' }));
  assert.equal(over.length, 1);
});

test('an IPv6 client is counted by its /64, an IPv4 one also when mapped (S-07)', async () => {
  const { over, tried } = await world({ addressFailuresMax: 3 });
  for (let host = 1; host <= 3; host += 1) await tried(`2001:db8::${host}`, `guess ${host}`);
  assert.deepEqual(
    over.map(({ client }) => client),
    ['2001:db8::3'],
  );
});

test('an exempt network is not limited, but still delayed for each account', async () => {
  const { authenticator } = await world({ addressFailuresMax: 1, networkFailuresMax: 1 });
  const exempt = context({ client: '127.0.0.1', exemptFromRate: true });
  const delays: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    delays.push(failed(await authenticator.login('user@example.test', `guess ${i}`, exempt)).delayMs);
  }
  delays.push(failed(await authenticator.login('other@example.test', 'guess 0', exempt)).delayMs);
  assert.deepEqual(delays, [500, 1000, 2000, 500]);
});

test('RFC 7677 §3: the example exchange', async () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  const credentials = await makeScramCredentials('pencil', salt, 4096);
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const authMessage = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=${nonce}`;
  const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
  assert.equal(proofHolds(credentials, authMessage, proof), true);
  assert.equal(serverSignature(credentials, authMessage), '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  assert.equal(proofHolds(credentials, `${authMessage}x`, proof), false);
  assert.equal(proofHolds(credentials, authMessage, proof.subarray(1)), false);
});

interface ScramTry {
  readonly user?: string;
  readonly secret?: string;
  readonly gs2?: string;
  readonly bound?: Uint8Array;
  readonly tamper?: (final: string) => string;
}

async function scram(exchange: SaslExchange | undefined, given: ScramTry = {}): Promise<SaslStep> {
  assert.ok(exchange !== undefined);
  const { user = 'user@example.test', secret = password, gs2 = 'n,,', bound = new Uint8Array(0) } = given;
  const bare = `n=${user},r=clientnonce`;
  const first = await exchange.step(Buffer.from(gs2 + bare));
  if (first.kind !== 'challenge') return first;
  const serverFirst = Buffer.from(first.bytes).toString();
  const [, nonce = '', salt = '', rounds = ''] = /^r=(.*),s=(.*),i=(.*)$/.exec(serverFirst) ?? [];
  const salted = await saltedPassword(secret, Buffer.from(salt, 'base64'), Number(rounds));
  const binding = Buffer.concat([Buffer.from(gs2), bound]).toString('base64');
  const withoutProof = `c=${binding},r=${nonce}`;
  const authMessage = `${bare},${serverFirst},${withoutProof}`;
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))).toString(
    'base64',
  );
  const final = `${withoutProof},p=${proof}`;
  const last = await exchange.step(Buffer.from(given.tamper?.(final) ?? final));
  if (last.kind === 'done') {
    const expected = `v=${hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')}`;
    assert.equal(Buffer.from(last.bytes ?? []).toString(), expected);
  }
  return last;
}

test('SCRAM lets the right password in, with and without binding', async () => {
  const { authenticator, id } = await world();
  const plain = await scram(authenticator.begin('SCRAM-SHA-256', context()));
  assert.equal(plain.kind === 'done' && plain.identity.account, id);
  const bound = { gs2: 'p=tls-exporter,,', bound: exporterBytes };
  assert.equal((await scram(authenticator.begin('SCRAM-SHA-256-PLUS', context()), bound)).kind, 'done');
  const own = { gs2: 'n,a=user@example.test,' };
  assert.equal((await scram(authenticator.begin('SCRAM-SHA-256', context()), own)).kind, 'done');
});

test('SCRAM refuses what does not fit, and a man in the middle', async () => {
  const tries: readonly (readonly [string, ScramTry, string])[] = [
    ['SCRAM-SHA-256', { secret: 'wrong password' }, 'credentials'],
    ['SCRAM-SHA-256', { user: 'nobody@example.test' }, 'credentials'],
    ['SCRAM-SHA-256', { gs2: 'n,a=boss@example.test,' }, 'credentials'],
    ['SCRAM-SHA-256', { tamper: (final) => final.replace(/r=[^,]*/, 'r=clientnonce') }, 'credentials'],
    ['SCRAM-SHA-256', { tamper: (final) => final.replace('c=biws', 'c=eSws') }, 'credentials'],
    ['SCRAM-SHA-256', { tamper: () => 'c=biws' }, 'malformed'],
    ['SCRAM-SHA-256', { tamper: (final) => final.replace(/p=.*/, 'p=!') }, 'malformed'],
    ['SCRAM-SHA-256', { gs2: 'y,,' }, 'malformed'],
    ['SCRAM-SHA-256', { gs2: 'p=tls-exporter,,' }, 'malformed'],
    ['SCRAM-SHA-256', { user: 'a=2Db' }, 'malformed'],
    ['SCRAM-SHA-256', { gs2: 'n,,m=x,' }, 'malformed'],
    ['SCRAM-SHA-256-PLUS', { gs2: 'n,,' }, 'malformed'],
    ['SCRAM-SHA-256-PLUS', { gs2: 'p=tls-unique,,', bound: exporterBytes }, 'malformed'],
    ['SCRAM-SHA-256-PLUS', { gs2: 'p=tls-exporter,,', bound: Buffer.alloc(32) }, 'credentials'],
    ['SCRAM-SHA-256-PLUS', { gs2: 'p=tls-exporter,,' }, 'credentials'],
  ];
  const { authenticator } = await world();
  let host = 0;
  for (const [mechanism, given, reason] of tries) {
    host += 1;
    const exchange = authenticator.begin(mechanism, context({ client: `10.0.${host}.1` }));
    assert.equal(failed(await scram(exchange, given)).reason, reason, JSON.stringify(given));
  }
});

test('an unknown name has its salt, the same after a restart, and not in any other case', async () => {
  const { make } = await world();
  const saltOf = async (user: string): Promise<string | undefined> => {
    const step = await make()
      .begin('SCRAM-SHA-256', context())
      ?.step(Buffer.from(`n,,n=${user},r=x`));
    return step?.kind === 'challenge'
      ? /s=(.*),i=20000$/.exec(Buffer.from(step.bytes).toString())?.[1]
      : undefined;
  };
  const salt = await saltOf('nobody@example.test');
  assert.equal(Buffer.from(salt ?? '', 'base64').byteLength, 16);
  assert.equal(await saltOf('NOBODY@example.test'), salt);
  assert.notEqual(await saltOf('somebody@example.test'), salt);
});

test('a disabled account fails at the end of SCRAM, not before', async () => {
  const { authenticator, store, id } = await world();
  await disable(store, id);
  assert.equal(failed(await scram(authenticator.begin('SCRAM-SHA-256', context()))).reason, 'credentials');
});

test('who was disabled while the password was checked is not let in, and nobody is told otherwise', async () => {
  const { store, clock, id } = await world();
  const inside: AccountId[] = [];
  let looks = 0;
  const authenticator = createAuthenticator({
    accounts: {
      async byAddress(address) {
        looks += 1;
        // The second look comes after the hash.
        if (looks === 2) await disable(store, id);
        return store.accounts.byAddress(address);
      },
    },
    clock,
    random: createFakeRandom(2),
    events: { emit: () => undefined },
    saltSecret: Buffer.alloc(32, 3),
    loggedIn: (_, account) => inside.push(account),
  });
  const step = await authenticator.login('user@example.test', password, context());
  assert.equal(failed(step).reason, 'unavailable');
  assert.deepEqual(inside, []);
});

test('I-80: links that let nobody in shut out who tries them, and are told as what they are', async () => {
  const { authenticator, over, events, store } = await world({ addressFailuresMax: 4 });
  const refuse = (change: Partial<LoginContext> = {}) =>
    authenticator.refusedLink(context({ protocol: 'http', listener: 'admin', ...change }));
  const delays = [await refuse(), await refuse(), await refuse()];
  assert.ok(
    delays.every((ms, index) => ms > (delays[index - 1] ?? 0)),
    String(delays),
  );
  assert.deepEqual(over, []);
  await refuse();
  assert.deepEqual(
    over.map(({ client, failures, users }) => [client, failures, users]),
    [['203.0.113.5', 4, ['(a link)']]],
  );
  for (let count = 0; count < 10; count += 1) await refuse({ client: '127.0.0.1', exemptFromRate: true });
  assert.equal(over.length, 1, 'who is exempt is only slowed');
  const [event] = events;
  assert.ok(event?.name === 'login-failed' && event.mechanism === 'LINK');
  await store.traces.flush();
  const traces = await store.traces.list({}, undefined, 1);
  assert.ok(traces.ok);
  assert.equal(traces.value.items[0]?.steps[0]?.reason, 'the link was used, is too old, or never was one');
});
