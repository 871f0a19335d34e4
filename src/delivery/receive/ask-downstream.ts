import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { DeliveryTarget, DownstreamHost } from '#store/contract/accounts.ts';
import { spell } from '#delivery/downstream/downstream-recipients.ts';
import type { RecipientAnswer } from '#delivery/downstream/downstream-recipients.ts';
import { reservedName } from '#store/reserved-name.ts';
import { defer, refuse } from './refusal.ts';
import type { Routed, Routing } from './route-recipient.ts';
import type { TransactionStart } from './transaction-start.ts';

type Asked = Pick<TransactionStart, 'parts' | 'trace'>;

/** Whether the server behind this one has the address (I-88); what it said stands in the trace. */
export async function askDownstream({ parts, trace }: Asked, routed: Routed): Promise<Routing> {
  const target = routed.downstream;
  if (target === undefined) return routed;
  trace.mark();
  const { address } = target;
  const host = await hostOf({ parts }, address);
  const unasked = { kind: 'unsure', why: 'there is nobody to ask' } as const;
  const answer = host === undefined ? unasked : ((await parts.downstream?.ask(host, address)) ?? unasked);
  trace.step({
    stage: 'rcpt',
    check: 'downstream',
    outcome: answer.kind === 'unsure' ? 'error' : 'pass',
    reason: wordsOf(answer),
    evidence: { host: host === undefined ? '' : spell(host), answer },
  });
  if (answer.kind === 'known') return routed;
  if (answer.kind === 'unknown') return unknownThere(address, target);
  const accepts = parts.settings.downstreamUnreachable === 'accept';
  // S-03: those who can mend it can be written to.
  return accepts || reservedName(address.local) !== undefined ? routed : notNow;
}

/** Whether its answer is known, so that it is spared the question in any case. */
export async function isRemembered(
  { parts }: Pick<Asked, 'parts'>,
  { downstream: target }: Routed,
): Promise<boolean> {
  if (target === undefined) return false;
  const host = await hostOf({ parts }, target.address);
  return host !== undefined && parts.downstream?.remembered(host, target.address) !== undefined;
}

async function hostOf(
  { parts }: Pick<Asked, 'parts'>,
  { domain }: Address,
): Promise<DownstreamHost | undefined> {
  const record = await parts.store.domains.get(domain as Domain);
  return record.ok ? record.value.downstream : undefined;
}

function wordsOf(answer: RecipientAnswer): string {
  switch (answer.kind) {
    case 'known':
      return answer.isCatchAll
        ? 'the server behind this one takes any address of the domain: nobody can tell whether this one exists'
        : 'the server behind this one has the address';
    case 'unknown':
      return 'the server behind this one does not have the address';
    default:
      return `whether the server behind this one has the address could not be asked: ${answer.why}`;
  }
}

function unknownThere(
  address: Address,
  { otherwise }: Extract<DeliveryTarget, { kind: 'downstream' }>,
): Routing {
  if (otherwise.length === 0) return nobodyThere;
  return {
    kind: 'routed',
    recipients: otherwise.map((account) => ({
      address,
      original: address,
      route: { kind: 'local', account, detail: undefined },
    })),
  };
}

const nobodyThere: Routing = {
  kind: 'refused',
  check: 'recipient',
  refusal: refuse({ code: 550, detail: '1.1', text: 'no such user here' }),
  isUnknown: true,
};

const notNow: Routing = {
  kind: 'refused',
  check: 'downstream',
  refusal: defer({
    code: 451,
    detail: '4.1',
    text: 'the server that has this mailbox cannot be asked just now, try again later',
  }),
  isUnknown: false,
};
