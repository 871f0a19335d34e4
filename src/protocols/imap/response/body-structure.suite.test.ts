import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseMessage } from '#mail/message-parser.ts';
import { formatBodyStructure } from './body-structure.ts';

const suites = process.env['POSTERN_SUITES'];

/** S-expressions of IMAP as nested arrays; `null` is NIL. */
type Value = string | number | null | readonly Value[];

function readValue(text: string): Value {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|\(|\)|[^\s()"]+/g) ?? [];
  let at = 0;
  const value = (): Value => {
    const token = tokens[at++] ?? 'NIL';
    if (token === '(') {
      const items: Value[] = [];
      while (at < tokens.length && tokens[at] !== ')') items.push(value());
      at += 1;
      return items;
    }
    if (token.startsWith('"')) return token.slice(1, -1).replaceAll(/\\(.)/g, '$1');
    return token === 'NIL' ? null : /^\d+$/.test(token) ? Number(token) : token;
  };
  return value();
}

/** Where servers differ in spelling only, one spelling: case, and the host that is missing. */
function canonical(value: Value): Value {
  if (typeof value === 'string') {
    return /^(?:MISSING_DOMAIN|unspecified-domain)$/.test(value) ? '' : value.toLowerCase();
  }
  return value === null || typeof value === 'number' ? value : value.map(canonical);
}

/** Settled in standards/decisions.md; each must still differ from both servers, or it goes. */
const settled: Readonly<Record<string, string>> = {
  'dxflrs/0005_mail-parser-readme.eml': 'M-1',
  'rfc/001.eml': 'M-2',
};

/** The line ends of one file of the suite were doubled (CR CR LF); the servers saw it without. */
function readMessage(file: string): Buffer {
  return Buffer.from(readFileSync(file, 'latin1').replaceAll('\r\r\n', '\r\n'), 'latin1');
}

for (const [item, extended] of [
  ['BODY', false],
  ['BODYSTRUCTURE', true],
] as const) {
  test(`${item} is what Dovecot or Cyrus answers`, (t) => {
    if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
    const folder = join(suites, 'mime/bodystructure');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const messages = names.filter((name) => name.endsWith('.eml')).toSorted();
    assert.ok(messages.length >= 15);
    const differences: string[] = [];
    for (const name of messages) {
      const { structure } = parseMessage(readMessage(join(folder, name)));
      const ours = JSON.stringify(canonical(readValue(formatBodyStructure(structure, { extended }))));
      const answers = ['dovecot', 'cyrus']
        .map((server) => join(folder, name.replace(/eml$/, `${server}.${item.toLowerCase()}`)))
        .filter((file) => existsSync(file))
        .map((file) => readFileSync(file, 'latin1').replace(`(${item} `, ''))
        .map((answer) => JSON.stringify(canonical(readValue(answer))));
      assert.ok(answers.length > 0);
      if (answers.includes(ours) === (settled[name] !== undefined))
        differences.push([name, ours, ...answers].join('\n  '));
    }
    assert.equal(differences.join('\n\n'), '');
  });
}
