import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import type { DkimOutcome, DkimResult } from '#mailauth/dkim/dkim-outcome.ts';
import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';
import type { DmarcPolicy } from '#mailauth/dmarc/dmarc-record.ts';
import type { SpfOutcome, SpfResult } from '#mailauth/spf/spf-outcome.ts';
import type { AnyCheck } from '../check.ts';
import type { FactName, FactTable } from '../fact-table.ts';
import type { Judgement } from '../judgement.ts';
import { noArc } from '../facts/arc.ts';
import { noDkim } from '../facts/dkim.ts';

/** An honest message of `a@example.org` from 203.0.113.5; cases change what they are about. */
export const honest: FactTable = {
  client: { address: '203.0.113.5', isOwn: false, isIpv6: false },
  rule: undefined,
  iprev: {
    finding: 'confirmed',
    result: 'pass',
    name: 'mail.example.org',
    names: ['mail.example.org'],
    asked: [],
  },
  helo: { name: 'mail.example.org', kind: 'name', claims: undefined, foreignLiteral: false },
  heloAddress: { found: 'client' },
  sender: { kind: 'domain', domain: 'example.org', isOwn: false },
  senderDomain: { domain: 'example.org', found: 'takes-mail' },
  spf: spf('pass'),
  heloSpf: undefined,
  harvest: { unknown: 0, known: 0 },
  author: { author: { kind: 'domain', domain: 'example.org' as Domain, displayed: [] }, own: undefined },
  dkim: noDkim,
  arc: noArc,
  dmarc: undefined,
  indirect: [],
  indirectOpen: [],
  namedSender: { open: false },
  lookAlike: { displayed: [] },
  replay: { recipients: 0 },
  localClient: {},
  localSender: {},
  localAuthor: {},
  clientLists: [],
  nameLists: [],
  links: { hosts: [], cut: false },
  linkLists: [],
};

export function spf(result: SpfResult, domain = 'example.org'): SpfOutcome {
  return {
    result,
    identity: 'mailfrom',
    domain,
    evidence: {
      matched: [],
      problem: undefined,
      records: [],
      asked: [],
      lookupTerms: 0,
      voidLookups: 0,
      localPartUsed: false,
    },
  };
}

export function signed(result: DkimResult, domain: string): FactTable['dkim'] {
  const outcome = { result, domain, selector: 's', reason: 'verified', detail: 'a detail' };
  return { ...noDkim, outcomes: [outcome as unknown as DkimOutcome] };
}

export function dmarc(result: DmarcOutcome['result'], wanted?: DmarcPolicy): DmarcOutcome {
  const domain = 'example.org' as Domain;
  const policy =
    wanted === undefined
      ? undefined
      : { domain, foundAt: 'author-domain', tag: 'p', published: wanted, wanted };
  return {
    result,
    reason: 'why',
    authorDomain: domain,
    policy: policy as DmarcOutcome['policy'],
    organizationalDomain: domain,
    spf: undefined,
    dkim: [],
    publicSuffix: { organizationalDomain: domain, spfAligned: false, dkimAligned: false, differs: false },
    asked: [],
    unanswered: undefined,
  };
}

/** What a check says of the honest message with these changes: `finding ≤score ×0.4`, `pass`, … */
export function saysOf(check: AnyCheck, change: Partial<FactTable>): string {
  const judged: Judgement = check.judge(onlyNamed(check, { ...honest, ...change }) as never);
  if (judged.kind !== 'finding') return judged.kind;
  const most = judged.atMost === undefined ? '' : ` ≤${judged.atMost}`;
  const share = judged.share === undefined ? '' : ` ×${judged.share}`;
  return `finding${most}${share}`;
}

/** N-3: a check that read what it does not name could not be judged again on the record. */
function onlyNamed({ name, reads }: AnyCheck, facts: FactTable): FactTable {
  return new Proxy(facts, {
    get(_, key) {
      assert.ok(reads.includes(key as FactName), `${name} reads ${String(key)} and does not name it`);
      return facts[key as FactName];
    },
    ownKeys: () => assert.fail(`${name} goes through all facts`),
  });
}

export type Case = readonly [what: string, change: Partial<FactTable>, says: string];

export function cases(name: string, check: AnyCheck, rows: readonly Case[]): void {
  test(name, () => {
    for (const [what, change, says] of rows) assert.equal(saysOf(check, change), says, what);
  });
}

export const list = { kind: 'mailing-list', who: 'lists.example.net' } as const;
export const forwarder = { kind: 'named-forwarder', who: '198.51.100.0/24' } as const;
export const noName = { finding: 'no-name', result: 'permerror', names: [], asked: [] } as const;
export const unanswered = { finding: 'unanswered', result: 'temperror', names: [], asked: [] } as const;
export const temporary = 'unknown';
