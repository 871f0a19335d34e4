import type { ClientAddress, Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import type { Endpoint } from './kinds/ip-address.ts';
import type { MasterKeySource } from './kinds/master-key.ts';

/** What the configuration file says, read, checked and complete; paths absolute. Immutable. */
export interface Configuration {
  /** Absolute path of the file itself. */
  readonly file: string;
  readonly hostname: Domain;
  readonly dataDir: string;
  readonly masterKey: MasterKeySource;
  readonly dns: {
    /** `undefined`: the system's. */
    readonly servers: readonly Endpoint[] | undefined;
    readonly trustAd: boolean;
  };
  readonly networks: readonly NetworkBlock[];
  readonly certificates: readonly CertificateFiles[];
  readonly listeners: readonly ListenerBlock[];
  readonly outbound: OutboundBlock;
}

export interface NetworkBlock {
  readonly name: string;
  readonly addresses: readonly Network[];
  readonly exempt: readonly ('rate' | 'dns')[];
}

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  readonly domains: readonly Domain[];
}

export interface ListenerBlock {
  readonly name: string;
  readonly role: 'mx' | 'submission' | 'lmtp' | 'imap' | 'pop3' | 'http';
  readonly address: ClientAddress;
  readonly port: number;
  readonly tls: 'none' | 'starttls' | 'implicit';
  readonly certificate: Domain | undefined;
  /** Names of network blocks; empty: all clients. */
  readonly networks: readonly string[];
  /** Names of networks whose PROXY header is needed. */
  readonly proxy: readonly string[];
  /** Names of networks that may say XCLIENT. */
  readonly xclient: readonly string[];
  /** Names of networks of gateways, whose Received fields are believed (I-59). */
  readonly gateways: readonly string[];
  readonly gatewayOnly: boolean;
}

export interface OutboundBlock {
  readonly hostname: Domain;
  readonly port: number;
  readonly addresses: readonly ClientAddress[];
  readonly privateDestinations: readonly Network[];
  readonly destinations: 'all' | 'private';
}
