import { X509Certificate, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { der } from './certificate-der.ts';

const dayMs = 86_400_000;
/** Some clients refuse server certificates that hold for longer. */
const lifeMs = 825 * dayMs;
/** X.520 ub-common-name. */
const commonNameMax = 64;

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAltName: '2.5.29.17',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

export interface SelfSigned {
  /** PEM. */
  readonly cert: string;
  /** PKCS#8 PEM. */
  readonly key: string;
  /** As people compare it: `5C:1A:…`. */
  readonly sha256: string;
}

/**
 * A P-256 certificate that vouches for itself, for the first start (RFC 5280). It names the host, localhost and the
 * loopback addresses.
 */
export function generateSelfSigned(hostname: string, nowMs: number): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = [...new Set([hostname, 'localhost', '127.0.0.1', '::1'])];
  const tbs = toBeSigned({ names, nowMs, spki: publicKey.export({ type: 'spki', format: 'der' }) });
  const signature = sign('sha256', tbs, privateKey);
  const certificate = new X509Certificate(der.sequence(tbs, signatureAlgorithm(), der.bitString(signature)));
  return {
    cert: certificate.toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    sha256: certificate.fingerprint256,
  };
}

interface Subject {
  readonly names: readonly string[];
  readonly nowMs: number;
  readonly spki: Buffer;
}

/** RFC 5280 §4.1 TBSCertificate, version 3. */
function toBeSigned({ names, nowMs, spki }: Subject): Buffer {
  const name = distinguishedName((names[0] ?? 'localhost').slice(0, commonNameMax));
  // A clock that is a little behind ours shall not find it "not yet valid".
  const validity = der.sequence(der.time(nowMs - dayMs), der.time(nowMs + lifeMs));
  return der.sequence(
    der.tagged(0, der.integer(Buffer.from([2]))),
    der.integer(serialNumber()),
    signatureAlgorithm(),
    name,
    validity,
    name,
    spki,
    der.tagged(3, extensions(names)),
  );
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function signatureAlgorithm(): Buffer {
  return der.sequence(der.oid(oids.ecdsaWithSha256));
}

function distinguishedName(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid(oids.commonName), der.utf8(commonName))));
}

function extensions(names: readonly string[]): Buffer {
  const digitalSignature = der.bits(Buffer.from([0x80]), 7);
  return der.sequence(
    extension(oids.basicConstraints, 'critical', der.sequence()),
    extension(oids.keyUsage, 'critical', digitalSignature),
    extension(oids.extendedKeyUsage, 'plain', der.sequence(der.oid(oids.serverAuth))),
    extension(oids.subjectAltName, 'plain', der.sequence(...names.map(generalName))),
  );
}

function extension(oid: string, weight: 'critical' | 'plain', value: Buffer): Buffer {
  const critical = weight === 'critical' ? [der.true()] : [];
  return der.sequence(der.oid(oid), ...critical, der.octetString(value));
}

/** RFC 5280 §4.2.1.6: dNSName is [2], iPAddress is [7]. */
function generalName(name: string): Buffer {
  if (isIP(name) === 0) return der.implicit(2, Buffer.from(name, 'latin1'));
  return der.implicit(7, Buffer.from(ipaddr.parse(name).toByteArray()));
}
