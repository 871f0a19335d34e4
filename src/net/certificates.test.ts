import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { Event } from '#trace/events.ts';
import { openCertificates } from './certificates.ts';
import type { CertificateSource } from './certificate-file.ts';
import { generateSelfSigned } from './certificate-self-signed.ts';

const nowMs = Date.UTC(2026, 0, 1);

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'postern-certificates-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

async function place(path: string, name: string): Promise<CertificateSource> {
  const { cert, key } = generateSelfSigned(name, nowMs);
  const source = { cert: join(path, `${name}.pem`), key: join(path, `${name}.key`), domains: [] };
  await writeFile(source.cert, cert);
  await writeFile(source.key, key);
  return source;
}

async function open(t: TestContext, sources: readonly CertificateSource[]) {
  const events: Event[] = [];
  const clock = createFakeClock();
  const opened = await openCertificates({ sources, clock, events: { emit: (event) => events.push(event) } });
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  return { certificates: opened.value, events };
}

test('a self-signed certificate names its host and loopback, and signs itself', () => {
  const { cert, key, sha256 } = generateSelfSigned('mail.example.test', nowMs);
  const certificate = new X509Certificate(cert);
  assert.ok(certificate.verify(certificate.publicKey));
  for (const name of ['mail.example.test', 'localhost']) assert.equal(certificate.checkHost(name), name);
  for (const ip of ['127.0.0.1', '::1']) assert.equal(certificate.checkIP(ip), ip);
  assert.equal(certificate.checkHost('other.example.test'), undefined);
  assert.equal(certificate.ca, false);
  assert.equal(certificate.validFromDate.getTime(), nowMs - 86_400_000);
  assert.match(sha256, /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.match(key, /^-----BEGIN PRIVATE KEY-----/);
});

test('names are served by their own certificate, wildcards for one label only', async (t) => {
  const path = await folder(t);
  const first = await place(path, 'first.example');
  const second = {
    ...(await place(path, 'second.example')),
    domains: ['*.second.example', 'Second.example'],
  };
  const { certificates } = await open(t, [first, second]);
  const [a, b] = certificates.loaded;
  assert.equal(certificates.default(), a?.certificate);
  assert.equal(certificates.select('FIRST.example'), a?.certificate);
  assert.equal(certificates.select('second.example'), b?.certificate);
  assert.equal(certificates.select('mail.second.example'), b?.certificate);
  assert.equal(certificates.select('a.mail.second.example'), undefined);
  assert.equal(certificates.select('third.example'), undefined);
  assert.equal(certificates.select(undefined), undefined);
});

test('changed files are read again; what cannot be used leaves the old one in place', async (t) => {
  const path = await folder(t);
  const source = await place(path, 'mail.example');
  const { certificates, events } = await open(t, [source]);
  const before = certificates.default().id;
  assert.equal(await certificates.reload(), false);

  await writeFile(source.key, generateSelfSigned('mail.example', nowMs).key);
  assert.equal(await certificates.reload(), false);
  assert.equal(await certificates.reload(), false);
  assert.equal(certificates.default().id, before);
  const problems = events.filter((event) => event.name === 'certificate-problem');
  assert.equal(problems.length, 1);

  await place(path, 'mail.example');
  assert.equal(await certificates.reload(), true);
  assert.notEqual(certificates.default().id, before);
  assert.equal(certificates.version, 2);
});

test('at the start every problem is reported with its file', async (t) => {
  const path = await folder(t);
  const good = await place(path, 'a.example');
  const other = await place(path, 'b.example');
  const missing = { ...good, key: join(path, 'missing.key') };
  const opened = await openCertificates({
    sources: [{ ...good, key: other.key }, missing],
    clock: createFakeClock(),
    events: { emit: () => undefined },
  });
  assert.ok(!opened.ok);
  assert.deepEqual(
    opened.error.map(({ file }) => file),
    [other.key, missing.key],
  );
});
