import type { Address, ReversePath } from '#mail/address.ts';

/** What outbound delivery asks of an SMTP client; `protocols/smtp/client/` is that client, `app/` joins them. */
export interface Transport {
  /**
   * One transaction with one server. May reuse an idle connection to the same address. Resolves always, in bounded time;
   * one result per recipient, in order.
   */
  send(request: SendRequest, signal: AbortSignal): Promise<SendReport>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export interface SendRequest {
  readonly server: { readonly name: string; readonly address: string; readonly port: number };
  /** Our EHLO name. */
  readonly helo: string;
  /** To dial from. */
  readonly localAddress: string | undefined;
  /** `opportunistic`: TLS if offered, certificate not required; a failed handshake ends the attempt (S-08). `clear`: allowed again after 24 hours of failed handshakes. `encrypted`: TLS must be used, the certificate need not hold. `verified`: it must. */
  readonly tls: 'opportunistic' | 'encrypted' | 'verified' | 'clear';
  readonly reversePath: ReversePath;
  readonly recipients: readonly Address[];
  readonly bodyType: '7bit' | '8bit' | 'binary';
  readonly smtpUtf8: boolean;
  readonly sizeBytes: number;
  /**
   * The message for what the server can take, already converted and signed; asked once the EHLO reply is known.
   * `unfit`: it cannot be made so; the transport fails all recipients with what it says.
   */
  content(can: {
    readonly eightBit: boolean;
    readonly binary: boolean;
    readonly smtpUtf8: boolean;
  }): Promise<OutboundContent | UnfitContent>;
  /** Called, and awaited, just before the final dot or last BDAT goes out: records the attempt as in doubt. */
  beforeFinal(): Promise<void>;
}

/** A message that a server cannot take, and that may not be changed so that it could. */
export interface UnfitContent {
  /** Why, in our words. */
  readonly unfit: string;
  /** RFC 3463, `5.6.x`. */
  readonly status: string;
}

export interface OutboundContent {
  readonly sizeBytes: number;
  readonly bodyType: '7bit' | '8bit' | 'binary';
  /** CR LF line ends, no dot stuffing. */
  chunks(): AsyncIterable<Uint8Array>;
}

export interface SendReport {
  readonly server: { readonly name: string; readonly address: string };
  readonly tls: {
    readonly used: boolean;
    readonly version?: string;
    readonly cipher?: string;
    readonly verified?: boolean;
    readonly problem?: string;
  };
  readonly recipients: readonly RecipientReport[];
}

export interface RecipientReport {
  readonly outcome: 'delivered' | 'temporary' | 'permanent' | 'connection' | 'tls' | 'in-doubt';
  /** `connection` and `tls`: try the next server. */
  readonly code: number | undefined;
  readonly status: string | undefined;
  /** Which command was answered. */
  readonly command: 'connect' | 'ehlo' | 'starttls' | 'mail' | 'rcpt' | 'data' | 'final';
  /** Their words: one line, printable, at most 512 octets (S-05). */
  readonly text: string;
}
