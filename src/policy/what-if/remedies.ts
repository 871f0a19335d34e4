import type { Domain } from '#mail/domain.ts';
import type { DkimOutcome } from '#mailauth/dkim/dkim-outcome.ts';
import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';
import type { HeloFact } from '../fact-table.ts';
import type { KnownFacts, Remedy } from './remedy.ts';

/** Stands for the right name, which nobody knows but the sender. */
const rightName = 'mail.invalid';

/**
 * What a sender can mend, by the check that finds it missing. Lists stand not here: their refusal says where one asks
 * to be taken off. Nor does what is in a message (P-17).
 */
const table: readonly Remedy[] = [
  {
    check: 'iprev',
    had: () => 'the connecting host had a reverse name that leads back to it',
    advice: (facts) =>
      `Publish a reverse name (PTR) for ${address(facts)}, and an address record (A or AAAA) of that name that leads back to it. Whoever gave you the address sets the reverse name.`,
    mended: ({ iprev }) => ({
      iprev: {
        names: [],
        asked: [],
        ...iprev,
        finding: 'confirmed',
        result: 'pass',
        name: iprev?.names[0] ?? rightName,
      },
    }),
  },
  greeting('helo-claim', 'your server must greet (HELO, EHLO) with its own name, and with no name of ours'),
  greeting('helo-syntax', 'your server should greet (HELO, EHLO) with its own full host name'),
  {
    check: 'helo-address',
    had: () => 'its HELO name led to the connecting host',
    advice: (facts) =>
      `Let your server greet (HELO, EHLO) with a name that has an address record for ${address(facts)}: ${facts.helo?.name ?? 'the present one'} has none.`,
    mended: () => ({ heloAddress: { found: 'client' } }),
  },
  {
    check: 'spf-helo',
    had: () => 'SPF of its HELO name had passed',
    advice: (facts) =>
      `Name ${address(facts)} in the SPF record of ${facts.heloSpf?.domain ?? 'your HELO name'}, or greet with another name.`,
    mended: ({ heloSpf }) => (heloSpf === undefined ? {} : { heloSpf: { ...heloSpf, result: 'pass' } }),
  },
  {
    check: 'sender-domain',
    had: ({ senderDomain }) => `the domain ${senderDomain?.domain ?? ''} existed and took mail`,
    advice: ({ senderDomain }) =>
      `Send with an address whose domain exists and takes mail; ${senderDomain?.domain ?? 'this one'} does not (see its MX and address records).`,
    mended: ({ senderDomain }) => ({
      senderDomain: { domain: senderDomain?.domain ?? '', found: 'takes-mail' },
    }),
  },
  {
    check: 'harvest',
    had: () => 'the client had not asked for so many addresses that do not exist',
    advice: () => 'Take addresses that do not exist out of your list, and send again later.',
    mended: () => ({ harvest: { unknown: 0, known: 0 } }),
  },
  {
    check: 'author',
    had: () => 'it had one From field, with authors of one domain',
    advice: () => 'Write exactly one From field, with addresses of one domain (RFC 5322 §3.6.2).',
  },
  ownName('own-sender', ({ sender }) => (sender?.kind === 'domain' ? sender.domain : undefined)),
  ownName('own-author', authorDomain),
  spfPasses('spf'),
  spfPasses('spf-strict'),
  {
    check: 'dkim',
    had: () => 'a DKIM signature of it had been valid',
    advice: () => 'Sign the message with DKIM after its last change, with a key that the DNS has.',
    mended: (facts) => signed(facts, signerOf(facts)),
  },
  {
    check: 'dmarc',
    had: ({ dmarc }) => `${dmarc?.authorDomain ?? "the author's domain"} had vouched for it by SPF or DKIM`,
    advice: (facts) => {
      const domain = facts.dmarc?.authorDomain ?? 'the domain of its From field';
      return `Sign the message with DKIM of ${domain}, or send it from ${domain} as sender through a server that its SPF record names.`;
    },
    mended: (facts) => signed(facts, facts.dmarc?.authorDomain),
  },
];

export const remedies: ReadonlyMap<string, Remedy> = new Map(table.map((row) => [row.check, row]));

function greeting(check: string, words: string): Remedy {
  return {
    check,
    had: () => 'it had greeted with a full host name of its own',
    advice: ({ helo }) => `Set the host name of your mail server: ${words}, not "${helo?.name ?? ''}".`,
    mended: ({ helo }) => ({
      helo: {
        ...wellNamed,
        name: helo?.kind === 'name' && helo.claims === undefined ? helo.name : rightName,
      },
      heloAddress: { found: 'client' },
    }),
  };
}

const wellNamed: Omit<HeloFact, 'name'> = { kind: 'name', claims: undefined, foreignLiteral: false };

function spfPasses(check: string): Remedy {
  return {
    check,
    had: ({ spf }) => `SPF of ${spf?.domain ?? "the sender's domain"} had passed`,
    advice: (facts) =>
      `Name ${address(facts)} in the SPF record of ${facts.spf?.domain ?? 'your domain'}, or send through a server that it names.`,
    mended: ({ spf, dmarc }) =>
      spf === undefined
        ? {}
        : { spf: { ...spf, result: 'pass' }, ...(isAligned(dmarc) ? { dmarc: vouched(dmarc) } : {}) },
  };
}

function ownName(check: string, domainOf: (facts: KnownFacts) => string | undefined): Remedy {
  return {
    check,
    had: (facts) => `it bore a valid DKIM signature of ${domainOf(facts) ?? 'our domain'}`,
    advice: (facts) =>
      `Send mail of ${domainOf(facts) ?? 'this domain'} through its own servers, logged in on the submission port, or sign it with DKIM of that domain.`,
    mended: (facts) => signed(facts, domainOf(facts) as Domain | undefined),
  };
}

function isAligned(dmarc: DmarcOutcome | undefined): dmarc is DmarcOutcome {
  return dmarc?.spf?.alignment === 'strict' || dmarc?.spf?.alignment === 'relaxed';
}

function vouched(dmarc: DmarcOutcome): DmarcOutcome {
  return { ...dmarc, result: 'pass', reason: "the author's domain vouches for it" };
}

/** With one more valid signature, of this domain. */
function signed({ dkim, dmarc, author }: KnownFacts, domain: Domain | undefined): KnownFacts {
  if (domain === undefined) return {};
  const outcome = { ...validSignature, domain, identity: `@${domain}` };
  const report = { outcomes: [...(dkim?.outcomes ?? []), outcome], unchecked: 0, asked: [] };
  const isAuthors = author?.author.kind === 'domain' && author.author.domain === domain;
  return { dkim: report, ...(dmarc !== undefined && isAuthors ? { dmarc: vouched(dmarc) } : {}) };
}

function signerOf(facts: KnownFacts): Domain | undefined {
  return facts.dkim?.outcomes.find(({ domain }) => domain !== undefined)?.domain ?? authorDomain(facts);
}

function authorDomain({ author }: KnownFacts): Domain | undefined {
  return author?.author.kind === 'domain' ? author.author.domain : undefined;
}

function address({ client }: KnownFacts): string {
  return client?.address ?? 'your address';
}

const validSignature: Omit<DkimOutcome, 'domain' | 'identity'> = {
  result: 'pass',
  reason: 'verified',
  detail: 'verified',
  place: 0,
  selector: undefined,
  algorithm: undefined,
  keyBits: undefined,
  signedAtMs: undefined,
  expiresAtMs: undefined,
  signed: [],
  oversigned: [],
  unsigned: [],
  bodyBytesSigned: undefined,
  bodyBytes: undefined,
  headerIntact: undefined,
  testing: false,
  signatureHead: '',
  fingerprint: undefined,
};
