import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitHeaderText } from '#mail/header.ts';
import type { DkimIdentifier, SpfIdentifier } from './dmarc-outcome.ts';
import { findIndirectSigns } from './indirect-signs.ts';
import { domain } from './judge-dmarc.fixture.ts';

const signed = (name: string): DkimIdentifier => ({ result: 'pass', domain: name, selector: 's' });
const sent = (name: string): SpfIdentifier => ({ result: 'pass', domain: name });

interface Case {
  readonly of: string;
  readonly header: string;
  readonly spf?: SpfIdentifier;
  readonly dkim?: readonly DkimIdentifier[];
  readonly list: string | undefined;
}

const cases: readonly Case[] = [
  {
    of: 'a list whose own domain signed',
    header: 'List-Id: Talk <talk.lists.example.org>',
    dkim: [signed('author.example'), signed('lists.example.org')],
    list: 'talk.lists.example.org',
  },
  {
    of: 'a list whose own domain sent',
    header: 'List-Id: <talk.example.org>',
    spf: sent('bounces.example.org'),
    list: 'talk.example.org',
  },
  {
    of: 'only where to post is told',
    header: 'List-Post: <mailto:talk@example.org?subject=x> (members)',
    dkim: [signed('example.org')],
    list: 'example.org',
  },
  {
    of: 'a label that no domain has',
    header: 'List-Id: <my_list.example.org>',
    dkim: [signed('example.org')],
    list: 'example.org',
  },
  {
    of: 'without brackets',
    header: 'List-Id: talk.example.org',
    dkim: [signed('example.org')],
    list: 'talk.example.org',
  },
  { of: 'list fields that nobody vouches for', header: 'List-Id: <talk.example.org>', list: undefined },
  {
    of: 'list fields of another domain than the one that sent',
    header: 'List-Id: <talk.example.org>',
    spf: sent('evil.example'),
    dkim: [signed('evil.example')],
    list: undefined,
  },
  {
    of: 'a signature that does not hold',
    header: 'List-Id: <talk.example.org>',
    spf: { result: 'softfail', domain: 'example.org' },
    dkim: [{ ...signed('example.org'), result: 'fail' }],
    list: undefined,
  },
  {
    of: 'another customer of the same suffix',
    header: 'List-Id: <talk.a.github.io>',
    dkim: [signed('b.github.io')],
    list: undefined,
  },
  {
    of: 'a newsletter has only List-Unsubscribe',
    header: 'List-Unsubscribe: <mailto:u@evil.example>',
    spf: sent('evil.example'),
    list: undefined,
  },
  { of: 'an empty field', header: 'List-Id:', spf: sent('example.org'), list: undefined },
  {
    of: 'brackets that do not close',
    header: 'List-Id: <example.org',
    spf: sent('example.org'),
    list: undefined,
  },
];

for (const { of, header, spf, dkim = [], list } of cases) {
  test(`a mailing list as detour (I-45): ${of}`, () => {
    const signs = findIndirectSigns({
      header: splitHeaderText(`From: a@author.example\r\n${header}\r\n\r\n`),
      spf,
      dkim,
      forwarder: undefined,
      arcSealer: undefined,
    });
    assert.deepEqual(signs, list === undefined ? [] : [{ kind: 'mailing-list', who: list }]);
  });
}

test('a named forwarder and a named sealer are signs by themselves (I-42, I-45)', () => {
  const signs = findIndirectSigns({
    header: splitHeaderText(''),
    spf: undefined,
    dkim: [],
    forwarder: 'forward.example',
    arcSealer: domain('sealer.example'),
  });
  assert.deepEqual(
    signs.map(({ kind }) => kind),
    ['named-forwarder', 'named-arc-sealer'],
  );
});

test('list fields are bounded', () => {
  const many = `${'List-Id: <x.example.net>\r\n'.repeat(4)}List-Id: <talk.example.org>\r\n`;
  const long = `List-Post: ${'x'.repeat(1000)} <mailto:talk@example.org>\r\n`;
  const facts = { spf: sent('example.org'), dkim: [], forwarder: undefined, arcSealer: undefined };
  assert.deepEqual(findIndirectSigns({ ...facts, header: splitHeaderText(many) }), []);
  assert.deepEqual(findIndirectSigns({ ...facts, header: splitHeaderText(long) }), []);
});
