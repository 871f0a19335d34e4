import { parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import { checkSpf } from './check-spf.ts';
import { lookupTermsMax } from './spf-limits.ts';
import type { SpfOutcome, SpfResult, SpfWorld } from './spf-outcome.ts';

/** What is wrong with the SPF record of a domain of ours (I-34). */
export interface OwnSpfFinding {
  /** `broken`: others cannot use it, or it lets in whom it should not. `weak`: it works, but not as well as it could. */
  readonly weight: 'broken' | 'weak';
  readonly detail: string;
}

export interface OwnSpfReview {
  readonly record: string | undefined;
  /** Of at most ten (RFC 7208 §4.6.4). */
  readonly lookupTerms: number;
  /** What others find for each address that we send from; only `pass` will do. */
  readonly addresses: readonly { readonly address: ClientAddress; readonly result: SpfResult }[];
  readonly findings: readonly OwnSpfFinding[];
}

/** From here on one more service that is included may be one too many. */
const lookupTermsMany = 8;

/** An address that sends no mail (RFC 2544 §12): a record is read to its end for it. */
const strangerAddress = parseClientAddress('198.18.0.1');

/** The record that lets this server send, and nobody else: its mail exchangers, and the addresses that it sends from. */
export function ownSpfRecord(addresses: readonly ClientAddress[]): string {
  const networks = addresses.map((address) => (address.includes(':') ? `ip6:${address}` : `ip4:${address}`));
  return ['v=spf1', 'mx', ...networks, '-all'].join(' ');
}

/** Judges a published record as others do: for our own addresses, and for a stranger. */
export async function reviewOwnSpf(
  domain: Domain,
  addresses: readonly ClientAddress[],
  world: SpfWorld,
): Promise<OwnSpfReview> {
  const judge = async (address: ClientAddress): Promise<SpfOutcome> =>
    await checkSpf({ address, helo: world.receiver, mailFrom: `postmaster@${domain}` }, world);
  if (strangerAddress === undefined) throw new Error('the stranger has no address');
  const stranger = await judge(strangerAddress);
  const own = await Promise.all(
    addresses.map(async (address) => ({ address, result: (await judge(address)).result })),
  );
  const { records, lookupTerms, problem } = stranger.evidence;
  const usable = problem === undefined;
  return {
    record: records[0]?.text,
    lookupTerms,
    addresses: own,
    findings: [
      ...(usable ? [] : [{ weight: 'broken', detail: `${problem.domain}: ${problem.detail}` } as const]),
      ...(usable ? own.filter(({ result }) => result !== 'pass').map(notCovered) : []),
      ...(usable ? shapeFindings(stranger) : []),
    ],
  };
}

function notCovered({ address, result }: OwnSpfReview['addresses'][number]): OwnSpfFinding {
  return { weight: 'broken', detail: `mail from our address ${address} is not let through (${result})` };
}

function shapeFindings({ result, evidence }: SpfOutcome): readonly OwnSpfFinding[] {
  const findings: OwnSpfFinding[] = [];
  const weak = (detail: string): number => findings.push({ weight: 'weak', detail });
  if (result === 'pass') findings.push({ weight: 'broken', detail: 'everybody may send for the domain' });
  if (result === 'neutral') weak('the record does not end in -all or ~all, so it says nothing of strangers');
  if (evidence.lookupTerms >= lookupTermsMany) {
    weak(`${evidence.lookupTerms} of ${lookupTermsMax} terms with look-ups are used`);
  }
  if (evidence.voidLookups > 0) weak(`${evidence.voidLookups} terms ask for names without addresses`);
  if (evidence.asked.some(({ type }) => type === 'PTR')) weak('"ptr" is not to be used (RFC 7208 §5.5)');
  return findings;
}
