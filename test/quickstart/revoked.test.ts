import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { TlsTalk } from '#test/peers/tls-talk.ts';

interface Account {
  readonly address: string;
  readonly password: string;
}

/** A protocol as somebody uses it: logged in, and in the midst of something. */
interface Use {
  readonly name: string;
  readonly enter: (account: Account) => Promise<TlsTalk>;
  /** What is said at the end. */
  readonly goodbye: RegExp;
}

describe('an account that is removed, disabled or given another password while it is in use (SM-10)', () => {
  let postern: Postern;
  let count = 0;

  before(async () => {
    postern = await startPostern();
  });
  after(() => postern.end());

  async function newAccount(): Promise<Account> {
    const address = `user${(count += 1)}@${postern.ready.domain}`;
    const made = (await postern.administer('account add', { address })) as { readonly password: string };
    return { address, password: made.password };
  }

  /** Throws when it is refused; whoever was refused is of no more use. */
  async function login(talk: TlsTalk, line: string): Promise<void> {
    await talk.say(line, /^(?:a (?:OK|NO)|\+OK|-ERR|235|535|4\d\d) [^\r\n]*\r\n/m);
    if (/^(?:a OK|\+OK|235) /m.test(talk.heard)) return;
    talk.close();
    throw new Error(`refused: ${talk.heard}`);
  }

  async function imap({ address, password }: Account): Promise<TlsTalk> {
    const talk = await TlsTalk.connect(postern.port('imap', 'implicit'));
    await talk.hear(/^\* OK/);
    await login(talk, `a LOGIN ${address} ${password}`);
    return talk;
  }

  async function pop3({ address, password }: Account): Promise<TlsTalk> {
    const talk = await TlsTalk.connect(postern.port('pop3', 'implicit'));
    await talk.hear(/^\+OK/);
    await talk.say(`USER ${address}`, /^\+OK/m);
    await login(talk, `PASS ${password}`);
    return talk;
  }

  async function submission({ address, password }: Account): Promise<TlsTalk> {
    const talk = await TlsTalk.connect(postern.port('submission', 'implicit'));
    await talk.hear(/^220 /);
    await talk.say('EHLO client.example', /^250 /m);
    await login(talk, `AUTH PLAIN ${Buffer.from(`\0${address}\0${password}`).toString('base64')}`);
    return talk;
  }

  async function inBody(account: Account): Promise<TlsTalk> {
    const talk = await submission(account);
    await talk.say(`MAIL FROM:<${account.address}>`, /^250 /m);
    await talk.say(`RCPT TO:<${account.address}>`, /^250 /m);
    await talk.say('DATA', /^354 /m);
    await talk.say(`From: <${account.address}>`, /^/);
    return talk;
  }

  async function idling(account: Account): Promise<TlsTalk> {
    const talk = await imap(account);
    await talk.say('b SELECT INBOX', /^b OK/m);
    await talk.say('c IDLE', /^\+ /m);
    return talk;
  }

  const uses: readonly Use[] = [
    { name: 'IMAP', enter: imap, goodbye: /^\* BYE /m },
    { name: 'IMAP in IDLE', enter: idling, goodbye: /^\* BYE /m },
    { name: 'POP3', enter: pop3, goodbye: /^-ERR /m },
    { name: 'submission', enter: submission, goodbye: /^421 4\.7\.0 /m },
    { name: 'submission in a body', enter: inBody, goodbye: /^421 4\.7\.0 /m },
  ];
  const ends = {
    disabled: (address: string) => postern.administer('account disable', { address }),
    removed: (address: string) => postern.administer('account remove', { address }),
    'given another password': (address: string) => postern.administer('account password', { address }),
  } as const;

  for (const [what, end] of Object.entries(ends)) {
    test(`${what}: every open connection of it ends at once, those of others go on`, async () => {
      const account = await newAccount();
      const bystander = await newAccount();
      const talks: [Use, TlsTalk][] = [];
      // POP3 has the mailbox for itself: with IMAP first it still finds it free.
      for (const use of uses) talks.push([use, await use.enter(account)]);
      const other = await imap(bystander);
      await end(account.address);
      for (const [use, talk] of talks) assert.match(await talk.end(), use.goodbye, use.name);
      await other.say('z NOOP', /^z OK/m);
      other.close();
      for (const enter of [imap, pop3, submission]) {
        await assert.rejects(enter(account), /refused/, `${what}: nobody comes in again`);
      }
    });
  }

  test('what was sent before counts, and nothing of a body that was cut off arrives', async () => {
    const account = await newAccount();
    const before = await inBody(account);
    await before.say('\r\nwhole\r\n.', /^250 /m);
    before.close();
    const talk = await inBody(account);
    await postern.administer('account password', { address: account.address });
    await talk.end();
    const made = (await postern.administer('account password', { address: account.address })) as {
      readonly password: string;
    };
    await eventually('the one message that was sent', async () => {
      const reader = await imap({ ...account, password: made.password });
      await reader.say('b STATUS INBOX (MESSAGES)', /^b OK/m);
      const has = /MESSAGES 1\)/.test(reader.heard);
      reader.close();
      return has;
    });
  });
});
