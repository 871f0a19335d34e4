import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { readYaml } from './read-yaml.ts';

/** A case of the ARC suite about validation. */
export interface ArcCase {
  readonly name: string;
  readonly section: string;
  /** CR LF line ends. */
  readonly message: string;
  /** Lower case; empty where the suite says nothing. */
  readonly expected: string;
  readonly zone: ZoneTable;
}

interface WrittenSection {
  readonly description: string;
  readonly tests: Readonly<Record<string, { readonly message: string; readonly cv: string }>>;
  readonly 'txt-records': Readonly<Record<string, string>> | null;
}

export function readArcSuite(file: string): readonly ArcCase[] {
  const sections = readDistinct(file) as readonly WrittenSection[];
  return sections.flatMap(({ description, tests, 'txt-records': records }) => {
    // The file folds the records; white space in a key means nothing.
    const zone = Object.fromEntries(
      Object.entries(records ?? {}).map(([name, text]) => [name, { TXT: [text.trim()] }]),
    );
    return Object.entries(tests).map(([name, one]) => ({
      name,
      section: description,
      message: one.message.replaceAll(/\r?\n/g, '\r\n'),
      expected: one.cv.trim().toLowerCase(),
      zone,
    }));
  });
}

/** Four names stand twice in one section, where a YAML reader would keep only the last. */
function readDistinct(file: string): readonly unknown[] {
  let count = 0;
  const text = readFileSync(file, 'utf8').replaceAll(/^ {2}(\w+):$/gm, (_, name: string) => {
    count += 1;
    return `  ${name}#${count}:`;
  });
  const folder = mkdtempSync(join(tmpdir(), 'postern-arc-'));
  try {
    writeFileSync(join(folder, 'suite.yml'), text);
    return readYaml(join(folder, 'suite.yml'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
