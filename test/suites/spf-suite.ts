import type { ZoneEntry, ZoneTable } from '#platform/fake-resolver.ts';
import type { RecordType } from '#platform/resolver.ts';
import { readYaml } from './read-yaml.ts';
import type { SpfResult } from '#mailauth/spf/spf-outcome.ts';

/** One case of the suites of RFC 4408 and RFC 7208. */
export interface SpfCase {
  readonly name: string;
  readonly section: string;
  readonly helo: string;
  readonly host: string;
  readonly mailFrom: string;
  /** Any of them will do. */
  readonly results: readonly SpfResult[];
  /** `DEFAULT` where the domain has none; undefined where the case does not say. */
  readonly explanation: string | undefined;
  readonly zone: ZoneTable;
}

interface WrittenCase {
  readonly helo: string;
  readonly host: string;
  readonly mailfrom: string;
  readonly result: SpfResult | readonly SpfResult[];
  readonly explanation?: string;
}

type WrittenRecord = 'TIMEOUT' | Readonly<Record<string, WrittenData>>;
type WrittenData = string | readonly (string | number)[];

interface WrittenSection {
  readonly description: string;
  readonly tests: Readonly<Record<string, WrittenCase>>;
  readonly zonedata: Readonly<Record<string, readonly WrittenRecord[]>>;
}

export function readSpfSuite(file: string): readonly SpfCase[] {
  const sections = readYaml(file) as readonly WrittenSection[];
  return sections.flatMap(({ description, tests, zonedata }) => {
    const zone = zoneOf(zonedata);
    return Object.entries(tests).map(([name, one]) => ({
      name,
      section: description,
      helo: one.helo,
      host: one.host,
      mailFrom: one.mailfrom,
      results: [one.result].flat(),
      explanation: one.explanation,
      zone,
    }));
  });
}

function zoneOf(zonedata: WrittenSection['zonedata']): ZoneTable {
  return Object.fromEntries(Object.entries(zonedata).map(([name, records]) => [name, entryOf(records)]));
}

const types: readonly RecordType[] = ['A', 'AAAA', 'MX', 'TXT', 'PTR', 'CNAME'];

/** SPF stands for TXT where the name has no TXT of its own; after TIMEOUT what is not there is not answered. */
function entryOf(records: readonly WrittenRecord[]): ZoneEntry {
  const silent = records.includes('TIMEOUT');
  const written = records
    .filter((record) => record !== 'TIMEOUT')
    .flatMap((record) => Object.entries(record));
  const txtType = written.some(([type]) => type === 'TXT') ? 'TXT' : 'SPF';
  const entry: Partial<Record<RecordType, string[] | 'timeout'>> = {};
  for (const type of types) {
    const source = type === 'TXT' ? txtType : type;
    const found = written
      .filter(([name, data]) => name === source && data !== 'NONE')
      .map(([, data]) => data);
    if (found.length > 0) entry[type] = found.map((data) => textOf(type, data));
    else if (silent && type !== 'CNAME') entry[type] = 'timeout';
  }
  return entry;
}

function textOf(type: RecordType, data: WrittenData): string {
  if (typeof data === 'string') return data;
  return data.map(String).join(type === 'MX' ? ' ' : '');
}
