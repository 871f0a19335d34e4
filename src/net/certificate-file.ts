import { X509Certificate, createHash, createPrivateKey } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Certificate } from './tls-context.ts';

/** `[[certificate]]` of the configuration. */
export interface CertificateSource {
  /** Paths of PEM files: the chain with the server's own first, and its key. */
  readonly cert: string;
  readonly key: string;
  /** Server names it is used for; empty: those that it names itself. */
  readonly domains: readonly string[];
}

export interface LoadedCertificate {
  readonly source: CertificateSource;
  readonly certificate: Certificate;
  /** Lower case, `*.example.org` for a wildcard. */
  readonly names: readonly string[];
  /** As people compare it: `5C:1A:…`. */
  readonly sha256: string;
  readonly expiresAtMs: number;
  /** Changes when either file does. */
  readonly stamp: string;
}

export interface CertificateProblem {
  readonly file: string;
  readonly detail: string;
}

/** No chain or key is larger. */
const fileBytesMax = 1024 * 1024;

/** Reads a certificate and its key and sees that they belong together. */
export async function loadCertificate(
  source: CertificateSource,
): Promise<Result<LoadedCertificate, CertificateProblem>> {
  // Taken first: files that change while they are read have another stamp at the next look.
  const stamp = await fileStamp(source);
  const cert = await readPem(source.cert);
  if (!cert.ok) return cert;
  const key = await readPem(source.key);
  if (!key.ok) return key;
  const own = readCertificate(source, cert.value, key.value);
  if (!own.ok) return own;
  const id = createHash('sha256').update(cert.value).update(key.value).digest('hex');
  return ok({
    source,
    certificate: { cert: cert.value, key: key.value, id },
    names: source.domains.length > 0 ? source.domains.map(lower) : namesOf(own.value),
    sha256: own.value.fingerprint256,
    expiresAtMs: own.value.validToDate.getTime(),
    stamp,
  });
}

/** Times and sizes of both files; a missing one counts, too. */
export async function fileStamp(source: CertificateSource): Promise<string> {
  const stamps = await Promise.all(
    [source.cert, source.key].map(async (path) => {
      const facts = await stat(path).catch(() => undefined);
      return facts === undefined ? 'none' : `${facts.mtimeMs}/${facts.size}/${facts.ino}`;
    }),
  );
  return stamps.join(' ');
}

async function readPem(file: string): Promise<Result<string, CertificateProblem>> {
  try {
    const text = await readFile(file, 'utf8');
    return text.length <= fileBytesMax ? ok(text) : err({ file, detail: 'larger than a certificate can be' });
  } catch (fault) {
    return err({ file, detail: messageOf(fault) });
  }
}

function readCertificate(
  source: CertificateSource,
  cert: string,
  key: string,
): Result<X509Certificate, CertificateProblem> {
  let file = source.cert;
  try {
    const own = new X509Certificate(cert);
    file = source.key;
    if (own.checkPrivateKey(createPrivateKey(key))) return ok(own);
    return err({ file, detail: `is not the key of ${source.cert}` });
  } catch (fault) {
    return err({ file, detail: messageOf(fault) });
  }
}

/** RFC 9525 §2: only the subjectAltName counts. */
function namesOf(certificate: X509Certificate): readonly string[] {
  const names = (certificate.subjectAltName ?? '').matchAll(/(?:^|, )DNS:([a-z0-9.*_-]+)/gi);
  return [...names].map(([, name = '']) => lower(name));
}

function lower(name: string): string {
  return name.toLowerCase();
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
