import type { ClientAddress } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import type { ArcOutcome } from '../arc/arc-outcome.ts';
import type { DkimOutcome, DkimReport } from '../dkim/dkim-outcome.ts';
import type { DmarcOutcome } from '../dmarc/dmarc-outcome.ts';
import type { IprevOutcome } from '../iprev-outcome.ts';
import type { SpfOutcome } from '../spf/spf-outcome.ts';
import type { AuthenticationProperty, AuthenticationResult } from './authentication-result.ts';

/** What was found out about a message; what was not asked is left out, and then the field does not speak of it. */
export interface FoundResults {
  readonly iprev?: Pick<IprevOutcome, 'result' | 'name'> & { readonly address: ClientAddress };
  /** Of MAIL FROM, and of the HELO name where it was asked beside it. */
  readonly spf?: readonly Pick<SpfOutcome, 'result' | 'identity' | 'domain'>[];
  readonly dkim?: Pick<DkimReport, 'outcomes'>;
  readonly arc?: Pick<ArcOutcome, 'result' | 'detail'>;
  /** `none` where the author is no domain. */
  readonly dmarc?: Pick<DmarcOutcome, 'result' | 'reason' | 'policy'> & { readonly from: Domain | undefined };
  /** The account that submitted the message (RFC 4954). */
  readonly auth?: { readonly account: string };
}

/** The statements of our Authentication-Results field, in a fixed order (RFC 8601 §2.7, I-48). */
export function resultsOf(found: FoundResults): readonly AuthenticationResult[] {
  return [
    ...(found.auth === undefined ? [] : [authResult(found.auth.account)]),
    ...(found.iprev === undefined ? [] : [iprevResult(found.iprev)]),
    ...(found.spf ?? []).map(spfResult),
    ...(found.dkim === undefined ? [] : dkimResults(found.dkim)),
    ...(found.arc === undefined ? [] : [arcResult(found.arc)]),
    ...(found.dmarc === undefined ? [] : [dmarcResult(found.dmarc)]),
  ];
}

/** RFC 8601 §2.7.4. */
function authResult(account: string): AuthenticationResult {
  return { method: 'auth', result: 'pass', properties: [property('smtp', 'auth', account)] };
}

/** RFC 8601 §2.7.3. */
function iprevResult({ result, name, address }: NonNullable<FoundResults['iprev']>): AuthenticationResult {
  const reason = name === undefined ? {} : { reason: name };
  return { method: 'iprev', result, ...reason, properties: [property('policy', 'iprev', address)] };
}

/** RFC 8601 §2.7.2; the domain only, since who wrote is nobody's business further on. */
function spfResult({
  result,
  identity,
  domain,
}: NonNullable<FoundResults['spf']>[number]): AuthenticationResult {
  const name = identity === 'helo' ? 'helo' : 'mailfrom';
  return { method: 'spf', result, properties: domain === '' ? [] : [property('smtp', name, domain)] };
}

/** RFC 8601 §2.7.1: one for each signature. */
function dkimResults({ outcomes }: Pick<DkimReport, 'outcomes'>): readonly AuthenticationResult[] {
  if (outcomes.length === 0) return [{ method: 'dkim', result: 'none', properties: [] }];
  return outcomes.map((outcome) => ({
    method: 'dkim',
    result: outcome.result,
    ...(outcome.result === 'pass' ? {} : { reason: outcome.detail }),
    properties: dkimProperties(outcome),
  }));
}

/** RFC 8601 §2.7.1, RFC 6008 for `header.b`. */
function dkimProperties(outcome: DkimOutcome): readonly AuthenticationProperty[] {
  const properties: AuthenticationProperty[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') properties.push(property('header', name, value));
  };
  add('d', outcome.domain);
  add('s', outcome.selector);
  add('a', outcome.algorithm);
  add('b', outcome.signatureHead);
  return properties;
}

/** RFC 8617 §5.1. */
function arcResult({ result, detail }: NonNullable<FoundResults['arc']>): AuthenticationResult {
  const reason = result === 'fail' ? { reason: detail } : {};
  return { method: 'arc', result, ...reason, properties: [] };
}

/** RFC 9989 §9.1: `policy.dmarc` is the policy that holds after `sp`, `np` and `t`. */
function dmarcResult({
  result,
  reason,
  policy,
  from,
}: NonNullable<FoundResults['dmarc']>): AuthenticationResult {
  return {
    method: 'dmarc',
    result,
    ...(result === 'pass' ? {} : { reason }),
    properties: [
      ...(policy === undefined ? [] : [property('policy', 'dmarc', policy.wanted)]),
      ...(from === undefined ? [] : [property('header', 'from', from)]),
    ],
  };
}

function property(type: string, name: string, value: string): AuthenticationProperty {
  return { type, name, value };
}
