import { makeId } from '#base/id.ts';
import type { AccountId, QueueId, TraceId } from '#base/id.ts';
import { err } from '#base/result.ts';
import { createIntake } from '#delivery/receive/create-intake.ts';
import type { Intake, TransactionContext } from '#delivery/receive/intake.ts';
import { intakeDefaults } from '#delivery/receive/intake-settings.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { FakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { Random } from '#platform/random.ts';
import type { Resolver } from '#platform/resolver.ts';
import { Policy } from '#policy/policy.ts';
import { defaultPolicyValues } from '#policy/default-policy-values.fixture.ts';
import type { Lease } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { Event, EventSink } from '#trace/events.ts';

/** A message from outside that we said is ours now. */
export interface TakenMail {
  readonly id: QueueId;
  readonly traceId: TraceId;
  /** How it ends wherever it is. */
  readonly text: string;
  readonly accounts: readonly AccountId[];
}

export interface JudgedSendersParts {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly random: Random;
  readonly events: EventSink;
  readonly owner: string;
  readonly home: Domain;
  /** The nth is `un`. */
  readonly accounts: readonly AccountId[];
  readonly dispatch: (leases: readonly Lease[]) => void;
}

const senders = ['a@honest.test', 'b@bank.test', 'u0@example.test', 'c@nowhere.test', ''] as const;

/** One honest domain, one that wants refusal, our own. */
const zone: ZoneTable = {
  '.': { NS: ['a.root-servers.net'] },
  '5.113.0.203.in-addr.arpa': { PTR: ['mail.honest.test'] },
  'mail.honest.test': { A: ['203.0.113.5'] },
  'honest.test': { MX: ['10 mail.honest.test'], TXT: ['v=spf1 mx -all'] },
  'bank.test': { MX: ['10 mail.bank.test'], TXT: ['v=spf1 -all'] },
  '_dmarc.bank.test': { TXT: ['v=DMARC1; p=reject'] },
  'example.test': { TXT: ['v=spf1 -all'] },
};

const answerMsMax = 300;
const leaseMs = 1_800_000;

/**
 * Strangers who send to our users by the real intake with its policy before it, while the DNS answers, denies, fails and
 * keeps silent by chance.
 */
export class JudgedSenders {
  readonly #parts: JudgedSendersParts;
  readonly #intake: Intake;
  readonly #traces = new Map<QueueId, TraceId>();
  readonly #pending = new Set<Promise<unknown>>();
  /** As replies named them. */
  readonly refused: TraceId[] = [];

  constructor(parts: JudgedSendersParts) {
    const { store, clock, random, events, owner, home, dispatch } = parts;
    this.#parts = parts;
    const hostname = `mail.${home}`;
    this.#intake = createIntake({
      store,
      hostname,
      clock,
      random,
      settings: { ...intakeDefaults, firstDomain: home },
      events: { emit: (event) => events.emit(this.#heard(event)) },
      policy: new Policy({
        resolver: moodyResolver(parts),
        clock,
        counters: store.counters,
        own: {
          hostname,
          isOwnAddress: () => false,
          isOwnDomain: (domain) => store.domains.isLocal(domain),
          ownDomains: () => store.domains.names(),
        },
        values: defaultPolicyValues,
      }),
      lease: { owner, leaseMs, dispatch },
    });
  }

  /** How many are being judged. */
  get pending(): number {
    return this.#pending.size;
  }

  /** One message to some of our users; `undefined` when it was not taken. */
  async send(): Promise<TakenMail | undefined> {
    const sending = this.#send();
    this.#pending.add(sending);
    try {
      return await sending;
    } finally {
      this.#pending.delete(sending);
    }
  }

  async #send(): Promise<TakenMail | undefined> {
    const { random, clock, accounts, home } = this.#parts;
    const begun = await this.#intake.begin(this.#context(), {
      from: addressOf(senders[random.integer(senders.length)] ?? ''),
      sizeBytes: undefined,
      bodyType: '7bit',
      smtpUtf8: false,
    });
    if (!begun.ok) return undefined;
    const transaction = begun.value;
    const wanted = accounts.slice(0, 1 + random.integer(accounts.length));
    const taken: AccountId[] = [];
    for (const [n, account] of wanted.entries()) {
      const answer = await transaction.recipient({ local: `u${n}`, domain: home });
      if (answer.ok) taken.push(account);
      else this.#noteRefusal(answer.reply.text);
    }
    if (taken.length === 0) {
      await transaction.abandon('nobody takes it');
      return undefined;
    }
    const author = senders[random.integer(senders.length)] ?? '';
    const mark = makeId<QueueId>(clock.now(), random.bytes(10));
    const text = `From: <${author === '' ? 'a@honest.test' : author}>\r\nSubject: ${mark}\r\n\r\nHello\r\n`;
    const forged = `Authentication-Results: mail.${home}; dmarc=pass\r\n`;
    await transaction.write(Buffer.from(forged + text));
    const [answer] = await transaction.finish({ bareCr: false, bareLf: false, nul: false });
    if (answer === undefined) throw new Error('a message without an answer');
    if (!answer.ok) {
      this.#noteRefusal(answer.reply.text);
      return undefined;
    }
    const { queueId } = answer.value;
    const traceId = this.#traces.get(queueId);
    if (traceId === undefined) throw new Error('a message was taken and nobody told of it');
    return { id: queueId, traceId, text, accounts: taken };
  }

  #context(): TransactionContext {
    const { random } = this.#parts;
    const isHonest = random.integer(3) > 0;
    return {
      sessionId: 'outside',
      listener: 'mx',
      role: 'mx',
      client: isHonest ? '203.0.113.5' : '198.51.100.9',
      helo: isHonest ? 'mail.honest.test' : 'laptop',
      protocol: 'ESMTP',
      tls: undefined,
      identity: undefined,
      exempt: new Set(),
    };
  }

  #heard(event: Event): Event {
    if (event.name === 'message-accepted') this.#traces.set(event.queue as QueueId, event.trace as TraceId);
    return event;
  }

  #noteRefusal(text: string): void {
    const id = /\[T:([0-9A-Z]{26})\]/.exec(text)?.[1];
    if (id !== undefined) this.refused.push(id as TraceId);
  }
}

function addressOf(text: string): Address | undefined {
  const [local = '', domain] = text.split('@');
  return domain === undefined ? undefined : { local, domain: domain as Domain };
}

/** Most questions are answered; some with an error, some late, some never. */
function moodyResolver({ random, clock }: Pick<JudgedSendersParts, 'random' | 'clock'>): Resolver {
  const known = createFakeResolver(zone);
  return {
    async ask(name, type, signal) {
      const dice = random.integer(20);
      if (dice === 0) return await new Promise(() => undefined);
      await clock.sleep(random.integer(answerMsMax), signal);
      if (dice === 1) return err('servfail');
      if (dice === 2) return err('timeout');
      return dice === 3 ? err('nxdomain') : await known.ask(name, type, signal);
    },
  };
}
