import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { splitHeader } from '#mail/header.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { signedFields } from './signed-fields.ts';
import { relaxedField } from '../relaxed-field.ts';
import { BodyHash } from './body-hash.ts';
import { CanonicalHeader } from './canonical-header.ts';
import type { Canonicalization } from './canonical-header.ts';

/** A key pair and the record that publishes it. */
export interface TestKey {
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  readonly privateKey: KeyObject;
  /** `p=`. */
  readonly p: string;
}

export function makeRsaKey(modulusLength: number): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const p = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { algorithm: 'rsa-sha256', privateKey, p };
}

export function makeEd25519Key(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const p = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
  return { algorithm: 'ed25519-sha256', privateKey, p };
}

export function recordOf({ algorithm, p }: TestKey, more = ''): string {
  return `v=DKIM1; k=${algorithm.split('-')[0] ?? ''}; ${more}p=${p}`;
}

/** The record where `signAs` says that it is: `s._domainkey.a.test`. */
export function zoneOf(record: string): ZoneTable {
  return { 's._domainkey.a.test': { TXT: [record] } };
}

export interface SignAs {
  readonly key: TestKey;
  /** Tags that differ from those of an honest signature; `undefined` leaves one out. */
  readonly tags?: Readonly<Record<string, string | undefined>>;
  readonly name?: string;
}

/** Writes a signature over a message with whatever tags a test wants and puts it in front. */
export function signAs(message: string, { key, tags = {}, name = 'DKIM-Signature' }: SignAs): string {
  const block = splitHeader(Buffer.from(message, 'latin1'));
  const [headerForm, bodyForm] = formsOf('c' in tags ? tags['c'] : 'relaxed/relaxed');
  const all: Record<string, string | undefined> = {
    v: '1',
    a: key.algorithm,
    c: 'relaxed/relaxed',
    d: 'a.test',
    s: 's',
    h: 'from:to:subject',
    bh: bodyHash(bodyForm, block.text.slice(block.bodyStart), tags['l']),
    ...tags,
    b: '',
  };
  const written = Object.entries(all).flatMap(([tag, value]) =>
    value === undefined ? [] : [`${tag}=${value}`],
  );
  const unsigned = `${name}: ${written.join(';\r\n ')}`;
  const field = signField({ message, unsigned, headerForm, names: all['h'] ?? '', key });
  return `${field}\r\n${message}`;
}

interface Unsigned {
  readonly message: string;
  /** Ends in `b=`. */
  readonly unsigned: string;
  readonly headerForm: Canonicalization;
  readonly names: string;
  readonly key: TestKey;
}

function signField({ message, unsigned, headerForm, names, key }: Unsigned): string {
  // As if it stood at the top without its signature: it is never among the fields that it signs.
  const header = new CanonicalHeader(splitHeader(Buffer.from(`${unsigned}\r\n${message}`, 'latin1')));
  const [own] = header.fields(unsigned.slice(0, unsigned.indexOf(':')).toLowerCase());
  if (own === undefined) throw new Error('the field of the signature cannot be read');
  const wanted = names.split(':').map((one) => one.trim().toLowerCase());
  const fields = signedFields(header, wanted, own).fields.map((field) => header.canonical(field, headerForm));
  const data = fields.join('') + (headerForm === 'relaxed' ? relaxedField(unsigned) : unsigned);
  return unsigned + signText(data, key);
}

/** Base64 of the signature over latin1 text. */
export function signText(data: string, { algorithm, privateKey }: TestKey): string {
  const bytes = Buffer.from(data, 'latin1');
  const signature =
    algorithm === 'rsa-sha256'
      ? sign('sha256', bytes, privateKey)
      : sign(null, createHash('sha256').update(bytes).digest(), privateKey);
  return signature.toString('base64');
}

export function formsOf(c: string | undefined): readonly [Canonicalization, Canonicalization] {
  const [header = 'simple', body = 'simple'] = (c ?? '').split('/');
  return [header === 'relaxed' ? 'relaxed' : 'simple', body === 'relaxed' ? 'relaxed' : 'simple'];
}

export function bodyHash(form: Canonicalization, body: string, length?: string): string {
  const lengths = length === undefined ? [] : [Number(length)];
  const hash = new BodyHash(form, lengths);
  hash.update(Buffer.from(body, 'latin1'));
  const ended = hash.end();
  const digest = length === undefined ? ended.digest : (ended.digestOf(Number(length)) ?? ended.digest);
  return digest.toString('base64');
}
