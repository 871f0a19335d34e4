import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { parseClientAddress } from '#base/client-address.ts';
import { checkSpf } from '#mailauth/spf/check-spf.ts';
import type { SpfOutcome } from '#mailauth/spf/spf-outcome.ts';
import { createStubResolver } from '#net/dns/stub-resolver.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { Resolver } from '#platform/resolver.ts';
import { missingPeer } from '#test/peers/peer.ts';
import { startUnbound } from '#test/peers/unbound.ts';
import { missingYaml } from '#test/suites/read-yaml.ts';
import { readSpfSuite } from '#test/suites/spf-suite.ts';
import type { SpfCase } from '#test/suites/spf-suite.ts';

const suites = process.env['POSTERN_SUITES'];
const missing = missingPeer('unbound') ?? missingYaml();

async function check(one: SpfCase, resolver: Resolver): Promise<SpfOutcome> {
  const address = parseClientAddress(one.host) ?? assert.fail(one.host);
  const { helo, mailFrom } = one;
  const world = { resolver, clock: systemClock(), receiver: 'us.example' };
  return await checkSpf({ address, helo, mailFrom }, world);
}

/** The zone as unbound reads it; what cannot be a name on the wire is left out. */
function zoneLines(zone: ZoneTable): readonly string[] {
  return Object.entries(zone).flatMap(([name, entry]) => {
    const labels = name.split('.');
    if (typeof entry === 'string' || labels.some((label) => label === '' || label.length > 63)) return [];
    return Object.entries(entry).flatMap(([type, records]) => {
      if (!Array.isArray(records)) return [];
      return (records as readonly string[]).map(
        (data) => `${quoted(name)}. 300 IN ${type} ${written(type, data)}`,
      );
    });
  });
}

function written(type: string, data: string): string {
  if (type === 'MX' || type === 'PTR' || type === 'CNAME') return data.endsWith('.') ? data : `${data}.`;
  return type === 'TXT' ? textStrings(data) : data;
}

/** RFC 1035 §3.3.14: strings of at most 255 octets; here far shorter, so that joining is tried. */
function textStrings(text: string): string {
  const pieces = text.match(/.{1,40}/gs) ?? [''];
  return pieces.map((piece) => `"${quoted(piece)}"`).join(' ');
}

/** RFC 1035 §5.1: everything but letters, digits and a few signs by its number. */
function quoted(text: string): string {
  return text.replaceAll(/[^\w.:/=-]/g, (one) => `\\${String(one.charCodeAt(0)).padStart(3, '0')}`);
}

/** Unbound is not silent and follows no aliases in local data; our resolver asks for no names with spaces. */
function canBeServed({ evidence }: SpfOutcome, zone: ZoneTable): boolean {
  const isAlias = (name: string): boolean => typeof zone[name] === 'object' && 'CNAME' in zone[name];
  return !evidence.asked.some(
    ({ name, answer }) => answer === 'timeout' || name.includes(' ') || isAlias(name),
  );
}

test(
  'the suite of RFC 7208 over the wire, served by unbound (P-19, I-36)',
  { skip: missing ?? false },
  async (t) => {
    if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
    const sections = Map.groupBy(readSpfSuite(`${suites}/spf/rfc7208-tests.yml`), ({ zone }) => zone);
    const wrong: string[] = [];
    let judged = 0;
    for (const [zone, cases] of sections) {
      const unbound = await startUnbound(zoneLines(zone));
      const servers = [{ address: '127.0.0.1', port: unbound.port, trustAd: false }];
      const resolver = createStubResolver({ servers, clock: systemClock(), random: systemRandom() });
      try {
        for (const one of cases) {
          if (!canBeServed(await check(one, createFakeResolver(zone)), zone)) continue;
          const { result, evidence } = await check(one, resolver);
          judged += 1;
          if (!one.results.includes(result)) wrong.push(`${one.name}: ${result} ${JSON.stringify(evidence)}`);
        }
      } finally {
        await unbound.stop();
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(judged >= 190, `${judged} cases`);
  },
);
