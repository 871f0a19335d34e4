import * as fc from 'fast-check';
import type { ClientAddress } from '#base/client-address.ts';
import type { ZoneEntry, ZoneTable } from '#platform/fake-resolver.ts';
import type { DnsFailure } from '#platform/resolver.ts';
import { addressBytes, reverseName } from '../address-bytes.ts';
import type { SpfInput } from './spf-outcome.ts';

/** A session and the names that it may meet. */
export interface SpfWorldCase {
  readonly input: SpfInput;
  readonly zone: ZoneTable;
}

export interface RandomZoneOptions {
  /** Of one name; more than ten are `permerror`. */
  readonly exchangersMax: number;
  /** Terms that are no terms, and other garbage. */
  readonly garbage: boolean;
  /** Records look at the client's reverse name. */
  readonly reverse: boolean;
}

const domains = ['a.example', 'b.example', 'c.example', 'd.example', 'e.example'];
const hosts = [
  'a.example',
  'mx.a.example',
  'l.b.example',
  'host.c.example',
  'h.d.example',
  'nothing.example',
];
const addresses = [
  '192.0.2.1',
  '192.0.2.9',
  '198.51.100.1',
  '2001:db8::1',
  '2001:db8::9',
  '::ffff:192.0.2.1',
];
const clients = ['192.0.2.1', '198.51.100.1', '2001:db8::1'];

const domain = fc.constantFrom(...domains);
const host = fc.constantFrom(...hosts);
const macros = [
  '%{d}',
  '%{o}',
  '%{l}.b.example',
  '%{h}',
  'h.%{d2}',
  '%{p}',
  '%{ir}.%{v}.a.example',
  '%{l1r-}.%{d}',
];
const target = fc.oneof(
  { weight: 4, arbitrary: domain },
  { weight: 4, arbitrary: host },
  { weight: 2, arbitrary: fc.constantFrom(...macros) },
);
const optionalTarget = fc
  .option(target, { nil: undefined })
  .map((name) => (name === undefined ? '' : `:${name}`));
const cidr = fc.constantFrom('', '', '', '/24', '/32', '//64', '/24//64', '/0', '//0');

const mechanism = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom('all', 'ip4:192.0.2.0/29', 'ip4:198.51.100.1', 'ip6:2001:db8::/125'),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('include', 'exists'), target)
      .map(([kind, name]) => `${kind}:${name}`),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom('a', 'mx'), optionalTarget, cidr).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: optionalTarget.map((name) => `ptr${name}`) },
);
const directive = fc
  .tuple(fc.constantFrom('', '', '', '+', '-', '~', '?'), mechanism)
  .map((parts) => parts.join(''));
const modifier = fc.oneof(
  target.map((name) => `redirect=${name}`),
  target.map((name) => `exp=${name}`),
  fc.constantFrom('unknown=%{d}', 'x-y_z.1='),
);
const termText = '0123456789abcdefilmnoprtx:/=%{}.-+~? ,_';
const garbageTerm = fc.oneof(
  fc.string({ unit: fc.constantFrom(...termText.split('')), maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc
    .tuple(directive, fc.constantFrom('/', '//', ':', '.', '%', '%{x}', '%{d0}', '\u0000', '\u00e9'))
    .map((parts) => parts.join('')),
);

function record({ garbage, reverse }: RandomZoneOptions): fc.Arbitrary<string> {
  const any = fc.oneof(
    { weight: 12, arbitrary: directive },
    { weight: 3, arbitrary: modifier },
    { weight: garbage ? 1 : 0, arbitrary: garbageTerm },
  );
  const term = any.filter((text) => reverse || !/ptr|%\{p/.test(text));
  const tail = fc.constantFrom('', '', '-all', '-all exp=why.example', 'exp=why.%{d2} -all', '~all');
  return fc
    .tuple(fc.array(term, { maxLength: 6 }), tail)
    .map(([terms, last]) => ['v=spf1', ...terms, last].join(' '));
}

/** What `exp=` finds; the last ones are none. */
const explanation = fc.constantFrom(
  ['%{i} may not send for %{o}'],
  ['See%_http://%{d}/?s=%{S}&p=%{p}&h=%{H}&v=%{v}'],
  ['%{c} at %{r} said %{h}, %{l1r+-}%%%-.'],
  ['%{s3r@}', 'two'],
  ['a sign: %'],
  ['\u00fcber\u0007'],
  [],
);
const failure: fc.Arbitrary<DnsFailure> = fc.constantFrom('nxdomain', 'servfail', 'timeout');

/** A whole world at random: most names answer, a few do not. */
export function spfWorldCase(options: RandomZoneOptions): fc.Arbitrary<SpfWorldCase> {
  const texts = fc.oneof(
    { weight: 10, arbitrary: record(options).map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(record(options), { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom(['other', 'v=spf10 -all'], []) },
  );
  const entry: fc.Arbitrary<ZoneEntry> = fc.record(
    {
      TXT: texts,
      A: fc.array(fc.constantFrom(...addresses.slice(0, 3)), { maxLength: 2 }),
      AAAA: fc.array(fc.constantFrom(...addresses.slice(3)), { maxLength: 2 }),
      MX: fc.array(
        fc.tuple(fc.nat(3), host).map(([preference, name]) => `${preference} ${name}`),
        {
          maxLength: options.exchangersMax,
        },
      ),
    },
    { requiredKeys: ['TXT'] },
  );
  const named = fc.oneof({ weight: 12, arbitrary: entry }, { weight: 1, arbitrary: failure });
  const names = [...new Set([...domains, ...hosts.slice(0, -1)])];
  const zone = fc.record(Object.fromEntries(names.map((name) => [name, named])));
  const reverse = fc.oneof(
    { weight: 5, arbitrary: fc.array(host, { maxLength: 3 }).map((PTR) => ({ PTR })) },
    { weight: 1, arbitrary: failure },
  );
  return fc.record({ input: session(), zone, reverse, explanation }).map((one) => ({
    input: one.input,
    zone: {
      ...one.zone,
      'why.example': { TXT: one.explanation },
      [reverseName(addressBytes(one.input.address) ?? new Uint8Array(4))]: one.reverse,
    },
  }));
}

function session(): fc.Arbitrary<SpfInput> {
  const local = fc.constantFrom('l', 'h-l', 'mx', 'x+y');
  const sender = fc.tuple(local, domain).map((parts) => parts.join('@'));
  return fc.record({
    address: fc.constantFrom(...clients).map((text) => text as ClientAddress),
    helo: fc.constantFrom('h.d.example', 'c.example', 'nowhere', '[192.0.2.1]'),
    mailFrom: fc.oneof({ weight: 9, arbitrary: sender }, { weight: 1, arbitrary: fc.constant('') }),
  });
}
