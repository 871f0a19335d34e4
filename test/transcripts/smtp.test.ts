import assert from 'node:assert/strict';
import { join } from 'node:path';
import { intakeWorld, type IntakeWorld } from '#delivery/receive/intake.fixture.ts';
import type { Authenticator, SaslExchange, SaslStep } from '#identity/authenticator.ts';
import { parseDomain } from '#mail/domain.ts';
import { listsFor } from '#policy/lists/lists.fixture.ts';
import { createSmtpFactory } from '#protocols/smtp/server/smtp-session.ts';
import { defaultSmtpLimits, type SmtpLimits, type SmtpRole } from '#protocols/smtp/server/smtp-options.ts';
import { zones } from './zones.ts';
import { runTranscripts, type TranscriptServer } from './run-folder.ts';

const failure: SaslStep = { kind: 'failed', reason: 'credentials', delayMs: 500 };

/**
 * Knows `user@example.test` with the password `secret`; `TWO-STEP` has last words of the server as SCRAM has.
 * The real mechanisms have their own tests in `identity/`.
 */
function smallAuthenticator(world: IntakeWorld): Authenticator {
  const address = { local: 'user', domain: parseDomainOrFail('example.test') };
  const done = (mechanism: string, bytes?: Uint8Array): SaslStep => ({
    kind: 'done',
    identity: { account: world.user, address, mechanism },
    bytes,
  });
  const exchanges: Readonly<Record<string, () => SaslExchange>> = {
    PLAIN: () => ({
      step: (response) => {
        if (response === undefined) return { kind: 'challenge', bytes: new Uint8Array() };
        const text = Buffer.from(response).toString();
        if (text.split('\0').length !== 3) return { kind: 'failed', reason: 'malformed', delayMs: 0 };
        return Promise.resolve(text === '\0user@example.test\0secret' ? done('PLAIN') : failure);
      },
    }),
    'TWO-STEP': () => {
      let steps = 0;
      return {
        step: () => {
          steps += 1;
          if (steps === 1) return { kind: 'challenge', bytes: Buffer.from('one') };
          return done('TWO-STEP', Buffer.from('two'));
        },
      };
    },
  };
  return {
    mechanisms: ({ tls }) => (tls === undefined ? [] : Object.keys(exchanges)),
    begin: (mechanism) => exchanges[mechanism]?.(),
    login: () => Promise.resolve({ kind: 'failed', reason: 'credentials', delayMs: 0 }),
  };
}

function parseDomainOrFail(text: string) {
  const domain = parseDomain(text);
  assert.ok(domain.ok);
  return domain.value;
}

/**
 * `setup role`, `tls`, `limit NAME=VALUE`; `zone NAME` puts policy before it, set by `policy NAME=VALUE`; `queued`, `junk` and
 * `event` say what has to come of it.
 */
async function makeServer(setup: ReadonlyMap<string, string>): Promise<TranscriptServer> {
  const zone = zones[setup.get('zone') ?? ''];
  const settings = policySettingsOf(setup.get('policy'));
  const world = await intakeWorld(zone === undefined ? {} : { policy: { zone, settings, lists: listsFor } });
  const role = (setup.get('role') ?? 'mx') as SmtpRole;
  const limits: SmtpLimits = {
    ...defaultSmtpLimits,
    messageBytesMax: 10_000,
    ...limitsOf(setup.get('limits')),
  };
  return {
    role,
    tlsMode: (setup.get('tls') ?? 'starttls') as TranscriptServer['tlsMode'],
    factory: createSmtpFactory({
      role,
      hostname: 'mx.example.test',
      postmasterDomain: parseDomainOrFail('example.test'),
      intake: world.intake,
      authenticator: smallAuthenticator(world),
      limits,
      clock: { monotonic: () => 0 },
    }),
    finish: () => {
      assert.equal(world.leases.length, Number(setup.get('queued') ?? 0), 'messages in the queue');
      const junk = world.leases.filter(({ entry }) => entry.judged?.junk === true);
      assert.equal(junk.length, Number(setup.get('junk') ?? 0), 'messages for Junk');
      const body = setup.get('body');
      if (body !== undefined) assert.equal(lastBody(world), body);
      const event = setup.get('event');
      if (event === undefined) return;
      const told = JSON.stringify(world.events);
      assert.ok(told.includes(event), `${event} is told in ${told}`);
    },
  };
}

/** What came behind the header, with line ends spelled out. */
function lastBody({ leases }: IntakeWorld): string {
  const body = leases.at(-1)?.entry.body;
  assert.ok(body?.kind === 'bytes');
  const text = Buffer.from(body.bytes).toString('latin1');
  return text
    .slice(text.indexOf('\r\n\r\n') + 4)
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replaceAll('\0', '\\0');
}

/** `spf.action=off junk_score=3`: settings of policy without their first word. */
function policySettingsOf(text: string | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (text ?? '').split(' ').map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [`policy.${name}`, /^\d+$/.test(value) ? Number(value) : value === 'false' ? false : value];
    }),
  );
}

function limitsOf(text: string | undefined): Partial<SmtpLimits> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(' ').map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [name, Number(value)];
    }),
  );
}

runTranscripts(join(import.meta.dirname, 'smtp'), makeServer);
