import type { ClientAddress } from '#base/client-address.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { defaulted, optional } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { ipAddress } from '#config/kinds/ip-address.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { size } from '#config/kinds/size.ts';
import { string } from '#config/kinds/string.ts';
import { union } from '#config/kinds/union.ts';
import { formatAddress, parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { recordedClient } from '#policy/recorded-client.ts';
import { ruleAddress, ruleRecipient } from '#policy/rules/mail-subject.ts';
import type { RuleFacts } from '#policy/rules/rule-facts.ts';
import { ruleWord } from '#policy/rules/rule-word.ts';
import { reservedName } from '#store/reserved-name.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { findTrace, traceIdKind, traceNotFound } from '../traces/find-trace.ts';
import type { AdminWorld } from '../world.ts';

/** Recipients of a record that are judged. */
const recipientsMax = 100;

type Asked = Omit<RuleFacts, 'networks' | 'recipient' | 'isReserved'>;

export const rulesTest = operation({
  name: 'rules test',
  looksOnly: true,
  meaning:
    'What the rules say of a mail: one that is described here, or one that was recorded (`--trace`), as if it came now.',
  input: {
    trace: optional(traceIdKind, {
      meaning:
        'A recorded message or attempt, by the id of its trace; the other inputs but `to` do not count then.',
      requirements: ['I-89', 'N-3'],
    }),
    to: optional(mailAddress, { meaning: 'The recipient.' }),
    from: optional(mailAddress, { meaning: 'The sender in MAIL FROM; else none, as of a bounce.' }),
    ip: optional(ipAddress, { meaning: 'The address that it comes from.' }),
    helo: optional(string({ lengthMax: 255 }), { meaning: 'The name in HELO.' }),
    listener: defaulted(string({ lengthMax: 64 }), 'mx', { meaning: 'The listener that it comes by.' }),
    direction: defaulted(union(['in', 'out']), 'in', { meaning: 'To our users, or submitted by one.' }),
    account: optional(mailAddress, { meaning: 'Who is logged in.' }),
    tls: defaulted(boolean, false, { meaning: 'The connection is encrypted.' }),
    size: optional(size({ minBytes: 0, maxBytes: 1024 ** 4 }), { meaning: 'How large the message is.' }),
  },
  async run(world, input) {
    const { trace, to } = input;
    const found = trace === undefined ? described(input) : await recorded(world, trace, to);
    if (!found.ok) return found;
    const { facts, recipients } = found.value;
    const { book } = world.rules;
    const items = recipients.map((recipient) => {
      const { decided, open, notes } = book.judge({
        ...facts,
        recipient: ruleRecipient(recipient),
        isReserved: isReserved(recipient),
      });
      const word = decided && ruleWord(decided, { ceiling: book.ceiling, at: 'message' });
      return {
        recipient,
        rule: decided?.name ?? null,
        action: word?.action ?? null,
        reason: decided?.reason ?? null,
        notes: notes.map(({ name }) => name),
        open: open.map(({ name }) => name),
      };
    });
    return ok({ items, next: null });
  },
  render: ({ items }) =>
    items.flatMap(({ recipient, rule, action, reason, notes, open }) => [
      `${recipient}: ${rule === null ? 'no rule fits' : `rule ${rule} says ${action}`}${reason === null ? '' : ` (${reason})`}`,
      ...(notes.length === 0 ? [] : [`  noted by ${notes.join(', ')}`]),
      ...(open.length === 0
        ? []
        : [`  its size would tell whether ${open.join(', ')} fits first: say --size`]),
    ]),
});

interface Found {
  readonly facts: Asked;
  readonly recipients: readonly string[];
}

interface Described {
  readonly to: Address | undefined;
  readonly from: Address | undefined;
  readonly ip: ClientAddress | undefined;
  readonly helo: string | undefined;
  readonly listener: string;
  readonly direction: 'in' | 'out';
  readonly account: Address | undefined;
  readonly tls: boolean;
  readonly size: number | undefined;
}

function described({
  to,
  from,
  ip,
  helo,
  listener,
  direction,
  account,
  tls,
  size: bytes,
}: Described): Result<Found, AdminError> {
  if (to === undefined)
    return err(adminError('usage', 'say whom it is for (--to), or which record (--trace)', 'to'));
  const facts: Asked = {
    direction,
    listener,
    client: ip,
    helo: helo ?? '',
    isClientLate: false,
    tls,
    account: account && ruleAddress(formatAddress(account)),
    sender: from && ruleAddress(formatAddress(from)),
    size: { bytes: bytes ?? 0, isWhole: bytes !== undefined },
  };
  return ok({ facts, recipients: [formatAddress(to)] });
}

async function recorded(
  world: AdminWorld,
  trace: string,
  to: Address | undefined,
): Promise<Result<Found, AdminError>> {
  const read = await findTrace(world, trace);
  if (!read.ok) return traceNotFound(read.error, trace);
  const { envelope } = read.value;
  if (envelope === undefined) return err(adminError('value-invalid', 'that trace is of no mail', 'trace'));
  const named = envelope.to.slice(0, recipientsMax).map(({ address }) => address);
  return ok({
    facts: factsOf(read.value, envelope),
    recipients: to === undefined ? named : [formatAddress(to)],
  });
}

function factsOf(record: TraceRecord, { from, sizeBytes }: NonNullable<TraceRecord['envelope']>): Asked {
  const { session, kind } = record;
  const judged = recordedClient(record);
  return {
    direction: session.role === 'submission' ? 'out' : 'in',
    listener: session.listener,
    client: judged?.isClientUnknown === true ? undefined : judged?.client,
    helo: judged?.helo ?? session.helo ?? '',
    isClientLate: false,
    tls: session.tls !== undefined,
    account: session.account === undefined ? undefined : ruleAddress(session.account),
    sender: from === '' ? undefined : ruleAddress(from),
    size: { bytes: sizeBytes, isWhole: kind === 'message' },
  };
}

function isReserved(text: string): boolean {
  const address = parseAddress(text, { smtpUtf8: true });
  return address.ok && reservedName(address.value.local) !== undefined;
}
