import type { TraceId, QueueId } from '#base/id.ts';
import type { Anomalies } from '#base/line-end-watch.ts';
import type { Answer, Intake, MailParameters, Transaction } from '#delivery/receive/intake.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { Clock } from '#platform/clock.ts';
import type { ConnectionFacts, Frame, ProtocolSession, Turn } from '#protocols/conversation.ts';
import { createSmtpFactory } from './smtp-session.ts';
import { defaultSmtpLimits, type SmtpLimits, type SmtpRole, type SmtpTarpit } from './smtp-options.ts';

/** What a fake intake was given. */
export interface Taken {
  readonly mail: MailParameters;
  readonly recipients: Address[];
  readonly pieces: Buffer[];
  anomalies: Anomalies | undefined;
  abandoned: string | undefined;
}

export interface FakeIntake extends Intake {
  readonly taken: Taken[];
  readonly refusals: string[];
  /** What RCPT is answered from now on. */
  recipientAnswer: Answer<void>;
}

/** Accepts everything, and refuses bodies with odd line ends as the real one does. */
export function fakeIntake({ closes = true } = {}): FakeIntake {
  const taken: Taken[] = [];
  const refusals: string[] = [];
  return {
    taken,
    refusals,
    recipientAnswer: { ok: true, value: undefined },
    begin(_, mail) {
      const one: Taken = { mail, recipients: [], pieces: [], anomalies: undefined, abandoned: undefined };
      taken.push(one);
      return { ok: true, value: fakeTransaction(one, closes, () => this.recipientAnswer) };
    },
    refused(_, attempt) {
      refusals.push(attempt.check);
      return '01J00000000000000000000000' as TraceId;
    },
  };
}

function fakeTransaction(one: Taken, close: boolean, answer: () => Answer<void>): Transaction {
  return {
    recipient(address) {
      if (answer().ok) one.recipients.push(address);
      return answer();
    },
    get recipientCount() {
      return one.recipients.length;
    },
    ready: () => ({ ok: true, value: undefined }),
    write(bytes) {
      one.pieces.push(Buffer.from(bytes));
    },
    finish(anomalies) {
      one.anomalies = anomalies;
      const odd = anomalies.bareCr || anomalies.bareLf || anomalies.nul;
      const reply = { code: 550, status: '5.6.0', text: 'odd line ends', close };
      const queueId = '01J00000000000000000000001' as QueueId;
      return Promise.resolve([odd ? { ok: false, reply } : { ok: true, value: { queueId } }]);
    },
    abandon(reason) {
      one.abandoned = reason;
    },
  };
}

export interface SessionOptions {
  readonly role?: SmtpRole;
  readonly limits?: Partial<SmtpLimits>;
  readonly clock?: Pick<Clock, 'monotonic'>;
  readonly tarpit?: SmtpTarpit;
  readonly become?: ConnectionFacts['become'];
}

export function makeSession(
  intake: Intake,
  { role = 'mx', limits = {}, clock = { monotonic: () => 0 }, tarpit, become }: SessionOptions = {},
): ProtocolSession {
  const facts: ConnectionFacts = {
    sessionId: 's1',
    listener: role,
    role,
    client: '192.0.2.1',
    clientPort: 40_000,
    localAddress: '192.0.2.2',
    localPort: 25,
    tls: undefined,
    tlsMode: 'starttls',
    exempt: new Set(),
    become,
    wake: () => undefined,
  };
  return createSmtpFactory({
    role,
    hostname: 'mx.example.test',
    postmasterDomain: 'example.test' as Domain,
    intake,
    authenticator: undefined,
    limits: { ...defaultSmtpLimits, ...limits },
    clock,
    tarpit,
  })(facts);
}

/** What a turn says, as text. */
export function said(turn: Turn): string {
  return (turn.output as readonly Uint8Array[])
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
    .join('');
}

export function lineFrame(text: string): Frame {
  return { kind: 'line', bytes: Buffer.from(text, 'latin1') };
}
