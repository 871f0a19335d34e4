import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DayTally } from './day-tally.ts';
import { rowAbout } from './report-row.fixture.ts';
import type { RowWish } from './report-row.fixture.ts';
import { schemaProblems } from './report-schema.fixture.ts';
import { reportXml } from './report-xml.ts';

const reporter = {
  organization: 'Ours & Sons',
  email: 'reports@ours.example',
  contact: 'https://ours.example/<dmarc>',
  generator: 'Postern 0',
};

function tallyOf(...wishes: readonly RowWish[]): DayTally {
  const rows = wishes.map((wish) => rowAbout('bank.example', wish));
  const { published } = rowAbout('bank.example');
  return { day: 20_000, published, untold: 0, rows: rows.map((row) => ({ row, count: 3 })) };
}

const xmlOf = (tally: DayTally): string => reportXml(tally, 'abc123', reporter);

test('a report fits the schema of RFC 9990, whatever its rows hold (I-47)', () => {
  const tally = tallyOf(
    {},
    { spf: undefined, dkim: [], overrides: [], envelopeFrom: '', disposition: 'pass', dkimAligned: true },
    { client: '2001:db8::1', disposition: 'reject', overrides: [{ type: 'policy_test_mode', comment: 'x' }] },
    { dkim: [1, 2, 3].map((n) => ({ domain: 'a.example', selector: `s${n}`, result: 'permerror' })) },
  );
  assert.deepEqual(schemaProblems(xmlOf(tally)), []);
});

test('it covers one UTC day, and says what was published and what came of it', () => {
  const xml = xmlOf(tallyOf({}));
  for (const part of [
    '<begin>1728000000</begin>\n<end>1728086399</end>',
    '<domain>bank.example</domain>\n<discovery_method>treewalk</discovery_method>\n<p>reject</p>\n<sp>quarantine</sp>\n<fo>0</fo>',
    '<source_ip>192.0.2.1</source_ip>\n<count>3</count>',
    '<reason>\n<type>mailing_list</type>',
    '<scope>mfrom</scope>\n<result>softfail</result>',
    '<extra_contact_info>https://ours.example/&lt;dmarc&gt;</extra_contact_info>',
  ])
    assert.ok(xml.includes(part), part);
});

test('a peer cannot write elements of its own, nor what no XML may hold', () => {
  const evil = `</selector><count>9</count>&x;\u0000\uffff"'${String.fromCharCode(0xd800)}`;
  const xml = xmlOf(
    tallyOf({ dkim: [{ domain: evil, selector: evil, result: 'pass' }], envelopeFrom: evil }),
  );
  assert.deepEqual(schemaProblems(xml), []);
  assert.equal(xml.match(/<count>/g)?.length, 1);
  assert.ok(!xml.includes('\u0000') && xml.isWellFormed());
});

test('the schema finds what is wrong', () => {
  const xml = xmlOf(tallyOf({}));
  for (const [from, to] of [
    ['<p>reject</p>', '<p>refuse</p>'],
    ['<version>1.0</version>\n', '<version>2.0</version>'],
    ['<count>3</count>', ''],
    ['<spf>fail</spf>', '<spf>fail</spf><dkim>fail</dkim>'],
    ['dmarc-2.0', 'dmarc-1.0'],
  ] as const)
    assert.notDeepEqual(schemaProblems(xml.replace(from, to)), [], from);
});
