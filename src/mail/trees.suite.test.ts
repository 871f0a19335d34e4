import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeCharset } from './charset.ts';
import { parseMessage } from './message-parser.ts';
import { findParameter } from './parameters.ts';
import type { Part } from './summary.ts';
import { decodeTransfer } from './transfer-encoding.ts';

const suites = process.env['POSTERN_SUITES'];

function filesOf(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => join(folder, name));
}

interface JsonMessage {
  readonly parts: readonly { readonly body: JsonBody }[];
}
type JsonBody =
  | { readonly Multipart: readonly number[] }
  | { readonly Text: string }
  | { readonly Html: string }
  | { readonly Message: JsonMessage }
  | { readonly Binary: unknown }
  | { readonly InlineBinary: unknown };

/** A tree as text: `[…]` multipart, `<…>` message, the words of a text, `*` for anything else. */
function theirTree(message: JsonMessage, index = 0): string {
  const body = message.parts[index]?.body;
  if (body === undefined) return '?';
  if ('Multipart' in body) return `[${body.Multipart.map((n) => theirTree(message, n)).join(' ')}]`;
  if ('Message' in body) return `<${theirTree(body.Message)}>`;
  if ('Text' in body) return words(body.Text);
  return 'Html' in body ? words(body.Html) : '*';
}

function ourTree(bytes: Uint8Array, part: Part): string {
  if (part.type === 'multipart') return `[${part.parts.map((child) => ourTree(bytes, child)).join(' ')}]`;
  if (part.message !== undefined) {
    const { structure } = part.message;
    if (part.encoding !== 'base64') return `<${ourTree(bytes, structure)}>`;
    const inner = decodeTransfer(bytes.subarray(part.body.start, part.body.end), part.encoding);
    return `<${ourTree(inner, parseMessage(inner).structure)}>`;
  }
  if (part.type !== 'text') return '*';
  const decoded = decodeTransfer(bytes.subarray(part.body.start, part.body.end), part.encoding);
  return words(decodeCharset(decoded, findParameter(part.parameters, 'charset')));
}

function words(text: string): string {
  return JSON.stringify(text.replaceAll(/\s+/g, ' ').trim());
}

/** Settled in standards/decisions.md; each must still differ, or it goes. */
const settledJson: Readonly<Record<string, string>> = {
  'legacy/026.eml': 'M-12',
  'legacy/052.eml': 'M-13',
  'rfc/000.eml': 'M-14',
};

test('trees and texts as mail-parser reads them', (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const files = filesOf(join(suites, 'mime/mail-parser'), '.eml');
  assert.ok(files.length > 50);
  const differences: string[] = [];
  for (const file of files) {
    const name = file.split('/').slice(-2).join('/');
    const bytes = readFileSync(file);
    const theirs = theirTree(JSON.parse(readFileSync(file.replace(/eml$/, 'json'), 'utf8')) as JsonMessage);
    const ours = ourTree(bytes, parseMessage(bytes).structure);
    if ((ours === theirs) === (settledJson[name] !== undefined)) {
      differences.push(`${name}\n  ours   ${ours}\n  theirs ${theirs}`);
    }
  }
  assert.equal(differences.join('\n'), '');
});

/** The nesting of elements that matter, in mime4j's XML. */
function xmlTree(xml: string): string {
  const marks = xml.matchAll(/^<(\/?)(message|multipart|body|body-part)>|<(body)>/gm);
  let out = '';
  for (const [, close, name = 'body'] of marks) {
    if (name === 'multipart') out += close === '/' ? ']' : '[';
    if (name === 'message') out += close === '/' ? '>' : '<';
    if (name === 'body' && close !== '/') out += '*';
  }
  return out;
}

function shape(part: Part): string {
  if (part.type === 'multipart') return `[${part.parts.map(shape).join('')}]`;
  return part.message === undefined ? '*' : `<${shape(part.message.structure)}>`;
}

const settledXml: Readonly<Record<string, string>> = {
  'badbound.msg': 'M-10',
  'missing-boundary.msg': 'M-10',
  'missing-inner-boundary.msg': 'M-10',
  'missing-inner-start-boundary.msg': 'M-10',
  'multipartnopart.msg': 'M-10',
  'weird-boundary.msg': 'M-15',
  'multi-2gifs-base64.msg': 'M-11',
  'bad-newlines-multiple-parts-base64.msg': 'M-11',
  'base64encoded-rfc822message-nested.msg': 'M-11',
};

test('trees as mime4j reads them', (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const files = filesOf(join(suites, 'mime/mime4j'), '.msg');
  assert.ok(files.length > 70);
  const differences: string[] = [];
  for (const file of files) {
    const name = file.split('/').at(-1) ?? '';
    const theirs = xmlTree(readFileSync(file.replace(/msg$/, 'xml'), 'latin1'));
    const ours = `<${shape(parseMessage(readFileSync(file)).structure)}>`;
    if ((ours === theirs) === (settledXml[name] !== undefined)) {
      differences.push(`${name}\n  ours   ${ours}\n  theirs ${theirs}`);
    }
  }
  assert.equal(differences.join('\n'), '');
});
