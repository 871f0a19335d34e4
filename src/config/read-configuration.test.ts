import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spellProblem } from './configuration-problem.ts';
import { readConfiguration } from './read-configuration.ts';

const minimal = `[server]
hostname = "mail.example.test"

[data]
dir = "data"

[keys]
master = "file:../keys/master.key"

[[certificate]]
cert = "cert.pem"
key = "key.pem"
domains = ["example.test"]

[[listener]]
name = "mx"
role = "mx"
address = "127.0.0.1"
port = 10025
tls = "starttls"
`;

function problemsOf(text: string): readonly string[] {
  const read = readConfiguration(text, '/etc/postern/postern.toml');
  return read.ok ? [] : read.error.map(spellProblem);
}

function withListener(lines: string): string {
  return `${minimal}\n[[listener]]\nname = "two"\n${lines}\n`;
}

test('a small file is complete, with defaults and absolute paths', () => {
  const read = readConfiguration(minimal, '/etc/postern/postern.toml');
  assert.ok(read.ok);
  assert.equal(read.value.dataDir, '/etc/postern/data');
  assert.deepEqual(read.value.masterKey, { from: 'file', path: '/etc/keys/master.key' });
  assert.equal(read.value.outbound.port, 25);
  assert.equal(read.value.outbound.hostname, 'mail.example.test');
  assert.deepEqual(
    read.value.listeners.map((row) => row.port),
    [10_025],
  );
});

test('all problems are told at once, in the order of the file', () => {
  const text = `[server]
hostnam = "mail.example.test"
[data]
dir = 7
[keys]
master = "elsewhere"
[[listener]]
name = "mx"
role = "mxx"
address = "localhost"
port = 70000
tls = "starttls"
[colour]
`;
  const problems = problemsOf(text);
  assert.deepEqual(
    problems.map((line) => line.replace('/etc/postern/postern.toml:', '').split(' must')[0]),
    [
      '1:2: server.hostname is missing: it',
      '2:1: server.hostnam is not known; did you mean "hostname"?',
      '4:1: data.dir',
      '6:1: keys.master',
      '9:1: listener[1].role',
      '10:1: listener[1].address',
      '11:1: listener[1].port',
      '13:1: colour is not known; known here: server, data, keys, dns, network, certificate, listener, outbound, smarthost',
    ].map((line) => (line.startsWith('1:2') ? line.replace('1:2', '1:1') : line)),
  );
  assert.match(problems.join('\n'), /not "mxx"; did you mean "mx"\?/);
});

test('items of a list are named with their own place', () => {
  const text = `${minimal}\n[[network]]\nname = "here"\naddresses = [\n  "10.0.0.0/8", # fine\n  "10.0.0.1/8",\n  "x]#,",\n]\nexempt = ["rate"]\n`;
  const [second, third, ...others] = problemsOf(text);
  assert.match(second ?? '', /toml:26:3: network\[1\]\.addresses\[2\] must be an IP network/);
  assert.match(third ?? '', /toml:27:3: network\[1\]\.addresses\[3\] must be/);
  assert.deepEqual(others, []);
});

const faults: readonly (readonly [name: string, text: string, expected: RegExp])[] = [
  ['no TOML', 'x = = 1', /toml:1:5: /],
  ['an empty file', '', /server is missing: \[server\] must be there/],
  [
    'one bracket for two',
    minimal.replace('[[listener]]', '[listener]'),
    /listener must be written with two brackets/,
  ],
  [
    'names twice',
    withListener('role="mx"\naddress="127.0.0.1"\nport=1\ntls="none"').replace('"two"', '"mx"'),
    /listener\[2\]\.name "mx" is already/,
  ],
  [
    'a port twice',
    withListener('role="mx"\naddress="127.0.0.1"\nport=10025\ntls="none"'),
    /listener\[2\]\.port 10025 on 127.0.0.1 is already taken by listener 1/,
  ],
  [
    'TLS without a certificate',
    minimal.replace(/\[\[certificate\]\][^[]*\n.*\n.*\n.*\n\n/, ''),
    /needs a \[\[certificate\]\]/,
  ],
  [
    'log-in in the clear',
    withListener('role="imap"\naddress="127.0.0.1"\nport=143\ntls="none"'),
    /nobody can log in without TLS/,
  ],
  ['mx with implicit TLS', minimal.replace('"starttls"', '"implicit"'), /other servers begin in the clear/],
  [
    'an unknown certificate',
    withListener('role="imap"\naddress="127.0.0.1"\nport=143\ntls="starttls"\ncertificate="other.test"'),
    /stands in no \[\[certificate\]\]/,
  ],
  [
    'lmtp for all the world',
    withListener('role="lmtp"\naddress="0.0.0.0"\nport=24\ntls="none"'),
    /must be loopback for lmtp/,
  ],
  [
    'lmtp in a network that is not named for it',
    `${withListener('role="lmtp"\naddress="192.0.2.1"\nport=24\ntls="none"')}\n[[network]]\nname="lan"\naddresses=["192.0.2.0/24"]\n`,
    /listener\[2\]\.address must be loopback for lmtp, unless networks says/,
  ],
  [
    'lmtp for a network that there is not',
    withListener('role="lmtp"\naddress="192.0.2.1"\nport=24\ntls="none"\nnetworks=["lan"]'),
    /"lan" is the name of no \[\[network\]\]/,
  ],
  [
    'lmtp for the whole Internet by another name',
    `${withListener('role="lmtp"\naddress="192.0.2.1"\nport=24\ntls="none"\nnetworks=["lan"]')}\n[[network]]\nname="lan"\naddresses=["0.0.0.0/0"]\n`,
    /must not let the whole Internet deliver/,
  ],
  [
    'http without TLS for others (S-14)',
    withListener('role="http"\naddress="192.0.2.1"\nport=80\ntls="none"'),
    /listener\[2\]\.tls must be "implicit" for http that is not on loopback/,
  ],
  [
    'http that begins in the clear (I-16)',
    withListener('role="http"\naddress="127.0.0.1"\nport=80\ntls="starttls"'),
    /listener\[2\]\.tls must be "implicit" for http/,
  ],
  ['a smart host', `${minimal}\n[smarthost]\nhost = "relay.example.test"\n`, /smarthost is not available/],
  [
    'an exempt Internet',
    `${minimal}\n[[network]]\nname="all"\naddresses=["::/0"]\nexempt=["dns"]\n`,
    /is the whole Internet/,
  ],
  [
    'a gateway that is everyone (I-59)',
    `${minimal}gateways = ["all"]\n[[network]]\nname="all"\naddresses=["0.0.0.0/0"]\n`,
    /listener\[1\]\.gateways "all" is the whole Internet, which would be believed/,
  ],
  [
    'a gateway in front of imap',
    `${withListener('role="imap"\naddress="127.0.0.1"\nport=143\ntls="starttls"\ngateways=["gw"]')}\n[[network]]\nname="gw"\naddresses=["192.0.2.0/24"]\n`,
    /listener\[2\]\.gateways is only for mx/,
  ],
  ['gateways only, and none named', `${minimal}gateway_only = true\n`, /gateway_only needs gateways/],
  [
    'gateways only, and a proxy that could come itself',
    `${minimal}gateways = ["gw"]\nxclient = ["gw"]\ngateway_only = true\n[[network]]\nname="gw"\naddresses=["192.0.2.0/24"]\n`,
    /gateway_only cannot hold beside xclient/,
  ],
  [
    'the key inside the data folder',
    minimal.replace('../keys/master.key', 'data/master.key'),
    /keys\.master must not lie in the data folder/,
  ],
  [
    'a credential outside its folder',
    minimal.replace('file:../keys/master.key', 'credential:../x'),
    /keys\.master must be/,
  ],
];

for (const [name, text, expected] of faults)
  test(`is refused: ${name}`, () => {
    assert.match(problemsOf(text).join('\n'), expected);
  });

const loopbackExempt =
  '[[network]]\nname = "test"\naddresses = ["127.0.0.0/8", "::1"]\nexempt = ["rate", "dns"]\n';

test('loopback is exempt only while every listener is on loopback, or by "i_know"', () => {
  const open = minimal.replace('"127.0.0.1"', '"0.0.0.0"');
  assert.deepEqual(problemsOf(`${minimal}\n${loopbackExempt}`), []);
  assert.match(problemsOf(`${open}\n${loopbackExempt}`).join(), /network\[1\]\.exempt exempts loopback/);
  assert.deepEqual(problemsOf(`${open}\n${loopbackExempt}i_know = true\n`), []);
});
