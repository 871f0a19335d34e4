import { constants, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ListenerRole } from '#protocols/conversation.ts';

/** A certificate chain and its key as PEM; `id` changes whenever either does. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly id: string;
}

/** Where listeners find their certificates; reloading shows in `version`. */
export interface Certificates {
  /** The certificate for an SNI name, `undefined` if no certificate names it. */
  select(serverName: string | undefined): Certificate | undefined;
  default(): Certificate;
  /** Grows with each reload. */
  readonly version: number;
}

/**
 * Forward secrecy and AEAD only (RFC 9325 §4.2). TLS 1.3's suites are all of that kind. No finite-field DHE:
 * whoever speaks TLS 1.2 has ECDHE, and a 2048-bit DHE handshake is a cheap way to keep a server busy.
 */
const cipherSuites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** S-08: a hybrid post-quantum group first. */
const groups = 'X25519MLKEM768:X25519:P-256:P-384';

/** S-08: no compression, no renegotiation; a client without AES hardware gets ChaCha20. 0-RTT is never offered by Node. */
const secureOptions =
  constants.SSL_OP_NO_COMPRESSION |
  constants.SSL_OP_NO_RENEGOTIATION |
  constants.SSL_OP_CIPHER_SERVER_PREFERENCE |
  constants.SSL_OP_PRIORITIZE_CHACHA;

/** S-08: ticket keys live at most 12 h; new ones are made after 6, so that no ticket of theirs outlives 12. */
const ticketKeyLifeMs = 6 * 3_600_000;
/** Seconds a session may be resumed (RFC 8446 §4.6.1 allows a week). */
const sessionLifeS = 6 * 3600;
/** Contexts kept; more names than this share by being made again. */
const contextsMax = 1000;

/** The protocol names of RFC 7301 that a role answers to; SMTP has none registered. */
const ownProtocols: Readonly<Record<ListenerRole, readonly string[]>> = {
  mx: ['smtp'],
  submission: ['smtp'],
  lmtp: ['lmtp'],
  imap: ['imap'],
  pop3: ['pop3'],
  http: ['http/1.1'],
};

/** S-08: ALPN is answered with the listener's own protocol or with an alert. */
export function protocolsOf(role: ListenerRole): readonly string[] {
  return ownProtocols[role];
}

/** TLS contexts of one process: one per certificate, made once, replaced when it changes. */
export class TlsContexts {
  readonly #certificates: Certificates;
  readonly #now: () => number;
  readonly #made = new Map<string, SecureContext>();
  #version: number;
  #ticketKeys: Buffer;
  #ticketKeysSinceMs: number;

  /** @param now monotonic milliseconds (S-12) */
  constructor(certificates: Certificates, now: () => number) {
    this.#certificates = certificates;
    this.#now = now;
    this.#version = certificates.version;
    this.#ticketKeys = randomBytes(48);
    this.#ticketKeysSinceMs = now();
  }

  /** For a client that named no server, and before it did. */
  default(): SecureContext {
    return this.#contextOf(this.#certificates.default());
  }

  /**
   * For the SNI name of a client. S-08: an unknown name gets the default certificate on `mx`, where senders
   * ask for what the MX record said; elsewhere none, which is an alert. An address is no name and says nothing
   * (RFC 6066 §3 forbids it there, yet mutt 2.2 and fetchmail 6.4 send it, seen 2026-11).
   */
  select(serverName: string, role: ListenerRole): SecureContext | undefined {
    const certificate = this.#certificates.select(serverName.toLowerCase());
    if (certificate !== undefined) return this.#contextOf(certificate);
    return role === 'mx' || role === 'lmtp' || isIP(serverName) !== 0 ? this.default() : undefined;
  }

  #contextOf(certificate: Certificate): SecureContext {
    this.#refresh();
    const found = this.#made.get(certificate.id);
    if (found !== undefined) return found;
    if (this.#made.size >= contextsMax) this.#made.clear();
    const made = makeContext(certificate, this.#ticketKeys);
    this.#made.set(certificate.id, made);
    return made;
  }

  #refresh(): void {
    const nowMs = this.#now();
    const keysOld = nowMs - this.#ticketKeysSinceMs >= ticketKeyLifeMs;
    if (keysOld) {
      this.#ticketKeys = randomBytes(48);
      this.#ticketKeysSinceMs = nowMs;
    }
    if (keysOld || this.#version !== this.#certificates.version) {
      this.#version = this.#certificates.version;
      this.#made.clear();
    }
  }
}

/** TLS 1.2 and 1.3 with ephemeral key agreement only (I-01, I-19, I-20, I-21, I-22, I-23). */
function makeContext(certificate: Certificate, ticketKeys: Buffer): SecureContext {
  return createSecureContext({
    key: certificate.key,
    cert: certificate.cert,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: cipherSuites,
    ecdhCurve: groups,
    secureOptions,
    sessionIdContext: 'postern',
    sessionTimeout: sessionLifeS,
    ticketKeys,
  });
}
