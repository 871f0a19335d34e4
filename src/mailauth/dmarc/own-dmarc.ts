import { walk } from '#base/steps.ts';
import type { Domain } from '#mail/domain.ts';
import type { Resolver } from '#platform/resolver.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { discoverPolicy, policyOf } from './discover-policy.ts';
import type { PolicyPlace } from './discover-policy.ts';
import type { DmarcWorld } from './dmarc-outcome.ts';
import { mailtoAddress, readDmarcRecord } from './dmarc-record.ts';
import type { DmarcPolicy, DmarcRecord } from './dmarc-record.ts';
import { PolicyLookups } from './policy-walk.ts';

/** What is wrong with the DMARC record of a domain of ours (P-21). */
export interface OwnDmarcFinding {
  /** `broken`: others apply no policy for it. `weak`: they do, but not what would keep forgeries away. */
  readonly weight: 'broken' | 'weak';
  readonly detail: string;
}

export interface OwnDmarcReview {
  /** As published at the domain itself. */
  readonly record: string | undefined;
  /** Where others find the policy that holds, and what it has them do. */
  readonly policy: { readonly domain: Domain; readonly wanted: DmarcPolicy } | undefined;
  readonly findings: readonly OwnDmarcFinding[];
}

/** Addresses for reports whose consent is asked for. */
const reportsAskedMax = 5;

/** RFC 9989 §4.7 wants a policy; `none` first, so that one may look before one refuses. Reports go to a reserved name. */
export function ownDmarcRecord(domain: Domain): string {
  return `v=DMARC1; p=none; rua=mailto:dmarc-reports@${domain}`;
}

/** Whether a text is a record that others can use, whatever it asks for. */
export function isUsableDmarc(text: string): boolean {
  return readDmarcRecord(text)?.policyBroken === false;
}

/** Judges what is published as others do: what they find for mail from the domain, and what they make of it. */
export async function reviewOwnDmarc(domain: Domain, world: DmarcWorld): Promise<OwnDmarcReview> {
  const published = await recordsAt(domain, world.resolver);
  if (published === undefined) return unanswered(`_dmarc.${domain}`);
  const place = await walk(discoverPolicy(domain, new PolicyLookups(world)));
  if (!place.ok) return unanswered(place.error.name);
  const found = place.value === undefined ? undefined : policyOf(place.value, true);
  return {
    record: published.map((text) => cleanForeignText(text))[0],
    policy: found === undefined ? undefined : { domain: found.domain, wanted: found.wanted },
    findings: [
      ...placeFindings(domain, published, place.value),
      ...(place.value === undefined || found === undefined ? [] : policyFindings(place.value, found.wanted)),
      ...(place.value === undefined ? [] : await reportFindings(place.value, world.resolver)),
    ],
  };
}

function unanswered(name: string): OwnDmarcReview {
  const detail = `${cleanForeignText(name)} could not be looked up`;
  return { record: undefined, policy: undefined, findings: [{ weight: 'broken', detail }] };
}

/** `undefined`: nobody answered. */
async function recordsAt(domain: Domain, resolver: Resolver): Promise<readonly string[] | undefined> {
  const answer = await resolver.ask(`_dmarc.${domain}`, 'TXT');
  if (!answer.ok) return answer.error === 'nxdomain' || answer.error === 'nodata' ? [] : undefined;
  return answer.value.records.flatMap((record) =>
    record.type === 'TXT' && /^v[ \t]*=[ \t]*dmarc/i.test(record.data) ? [record.data] : [],
  );
}

function placeFindings(
  domain: Domain,
  published: readonly string[],
  place: PolicyPlace | undefined,
): readonly OwnDmarcFinding[] {
  const broken = (detail: string): readonly OwnDmarcFinding[] => [{ weight: 'broken', detail }];
  if (published.length > 1) return broken(`${published.length} records, of which others use none`);
  const [text] = published;
  if (text !== undefined && readDmarcRecord(text) === undefined)
    return broken('the record does not begin with "v=DMARC1"');
  if (text !== undefined && !isUsableDmarc(text))
    return broken('the record has no "p", or a policy that is none of none, quarantine, reject');
  if (place === undefined) return broken('no record is published');
  if (place.domain === domain) return [];
  return [{ weight: 'weak', detail: `only the record of ${place.domain} holds for it` }];
}

const strength: Readonly<Record<DmarcPolicy, number>> = { none: 0, quarantine: 1, reject: 2 };

function policyFindings({ record }: PolicyPlace, wanted: DmarcPolicy): readonly OwnDmarcFinding[] {
  const findings: OwnDmarcFinding[] = [];
  const weak = (detail: string): number => findings.push({ weight: 'weak', detail });
  if (record.testing) weak('"t=y" lowers the policy by one level');
  if (wanted === 'none')
    weak(
      'others let forgeries in (none): once the reports are clean, raise it to p=quarantine, then p=reject',
    );
  const { p = 'none', sp, np } = record;
  if (sp !== undefined && strength[sp] < strength[p]) weak(`names below it are less protected (sp=${sp})`);
  if (np !== undefined && strength[np] < strength[sp ?? p])
    weak(`names that do not exist are less protected (np=${np})`);
  if (record.rua.length === 0) weak('no address for reports (rua): nobody tells who sends in your name');
  return findings;
}

/** RFC 9990 §4: who gets reports of another domain says at a name of their own that they want them. */
async function reportFindings(
  { domain, record }: Pick<PolicyPlace, 'domain'> & { readonly record: DmarcRecord },
  resolver: Resolver,
): Promise<readonly OwnDmarcFinding[]> {
  const hosts = [...new Set([...record.rua, ...record.ruf].flatMap(reportHost))];
  const foreign = hosts.filter((host) => host !== domain && !host.endsWith(`.${domain}`));
  const answers = await Promise.all(
    foreign.slice(0, reportsAskedMax).map(async (host) => {
      const answer = await resolver.ask(`${domain}._report._dmarc.${host}`, 'TXT');
      return { host, agrees: answer.ok && answer.value.records.some(isConsent) };
    }),
  );
  return answers
    .filter(({ agrees }) => !agrees)
    .map(({ host }) => ({
      weight: 'weak',
      detail: `${host} does not say that it takes the reports: it has to publish ${domain}._report._dmarc.${host} TXT "v=DMARC1"`,
    }));
}

function isConsent(record: { readonly type: string; readonly data?: unknown }): boolean {
  return (
    record.type === 'TXT' && typeof record.data === 'string' && /^v[ \t]*=[ \t]*DMARC1\b/.test(record.data)
  );
}

function reportHost(uri: string): readonly string[] {
  const address = mailtoAddress(uri);
  return address === undefined ? [] : [address.slice(address.lastIndexOf('@') + 1).toLowerCase()];
}
