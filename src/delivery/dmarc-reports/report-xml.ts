import type { CountedRow, DayTally } from './day-tally.ts';
import { dayMs } from './day-tally.ts';

/** Who reports. */
export interface Reporter {
  readonly organization: string;
  readonly email: string;
  /** May be empty. */
  readonly contact: string;
  readonly generator: string;
}

type Element = readonly [name: string, content: string | number | readonly Element[]] | undefined;

/** The report of a day as XML (RFC 9990 §3.1, Appendix A); elements stand in the order of its tables. */
export function reportXml(tally: DayTally, id: string, reporter: Reporter): string {
  const feedback = [
    element(['version', '1.0']),
    element(['report_metadata', metadata(tally, id, reporter)]),
    element(['policy_published', published(tally)]),
    ...tally.rows.map((row) => element(['record', record(row)])),
  ].join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">\n${feedback}</feedback>\n`;
}

/** The UTC day in seconds since 1970; the end is its last second (RFC 9990 §3.1.1.4). */
export function reportPeriod({ day }: Pick<DayTally, 'day'>): {
  readonly begin: number;
  readonly end: number;
} {
  return { begin: (day * dayMs) / 1000, end: ((day + 1) * dayMs) / 1000 - 1 };
}

function metadata(tally: DayTally, id: string, reporter: Reporter): readonly Element[] {
  const { begin, end } = reportPeriod(tally);
  return [
    ['org_name', reporter.organization],
    ['email', reporter.email],
    reporter.contact === '' ? undefined : ['extra_contact_info', reporter.contact],
    ['report_id', id],
    [
      'date_range',
      [
        ['begin', begin],
        ['end', end],
      ],
    ],
    ['generator', reporter.generator],
  ];
}

function published({ published: policy }: DayTally): readonly Element[] {
  return [
    ['domain', policy.domain],
    ['discovery_method', policy.discoveryMethod],
    ['p', policy.p],
    policy.sp === undefined ? undefined : ['sp', policy.sp],
    policy.np === undefined ? undefined : ['np', policy.np],
    ['fo', policy.fo],
    ['adkim', policy.adkim],
    ['aspf', policy.aspf],
    ['testing', policy.testing],
  ];
}

function record({ row, count }: CountedRow): readonly Element[] {
  return [
    [
      'row',
      [
        ['source_ip', row.sourceAddress],
        ['count', count],
        ['policy_evaluated', evaluated(row)],
      ],
    ],
    [
      'identifiers',
      [
        ['header_from', row.headerFrom],
        ['envelope_from', row.envelopeFrom],
      ],
    ],
    ['auth_results', [...row.dkim.map(dkim), row.spf === undefined ? undefined : spf(row.spf)]],
  ];
}

function evaluated(row: CountedRow['row']): readonly Element[] {
  return [
    ['disposition', row.disposition],
    ['dkim', row.dkimAligned ? 'pass' : 'fail'],
    ['spf', row.spfAligned ? 'pass' : 'fail'],
    ...row.overrides.map(({ type, comment }): Element => [
      'reason',
      [
        ['type', type],
        ['comment', comment],
      ],
    ]),
  ];
}

function dkim({ domain, selector, result }: CountedRow['row']['dkim'][number]): Element {
  return [
    'dkim',
    [
      ['domain', domain],
      ['selector', selector],
      ['result', result],
    ],
  ];
}

function spf({ domain, result }: NonNullable<CountedRow['row']['spf']>): Element {
  return [
    'spf',
    [
      ['domain', domain],
      ['scope', 'mfrom'],
      ['result', result],
    ],
  ];
}

function element(one: Element): string {
  if (one === undefined) return '';
  const [name, content] = one;
  const inner = typeof content === 'object' ? `\n${content.map(element).join('')}` : escaped(String(content));
  return `<${name}>${inner}</${name}>\n`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What no character of XML 1.0 is (§2.2), and what a peer must not be able to close or open. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '?')
    .replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '?');
}
