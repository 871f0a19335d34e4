import type { ListenerBlock } from '#config/configuration.ts';

export interface StandardListener {
  readonly name: string;
  readonly role: ListenerBlock['role'];
  /** The standard port, to which the offset is added. */
  readonly port: number;
  readonly tls: ListenerBlock['tls'];
}

/** CONTRACTS §1: what a quick start listens on, on each loopback address. */
export const standardListeners: readonly StandardListener[] = [
  { name: 'mx', role: 'mx', port: 25, tls: 'starttls' },
  { name: 'submission', role: 'submission', port: 587, tls: 'starttls' },
  { name: 'submissions', role: 'submission', port: 465, tls: 'implicit' },
  { name: 'imap', role: 'imap', port: 143, tls: 'starttls' },
  { name: 'imaps', role: 'imap', port: 993, tls: 'implicit' },
  { name: 'pop3', role: 'pop3', port: 110, tls: 'starttls' },
  { name: 'pop3s', role: 'pop3', port: 995, tls: 'implicit' },
  { name: 'lmtp', role: 'lmtp', port: 24, tls: 'none' },
  { name: 'admin', role: 'http', port: 443, tls: 'implicit' },
];

export const portOffsetByDefault = 10_000;
export const portOffsetMax = 65_535 - Math.max(...standardListeners.map((row) => row.port));

export function plannedListeners(addresses: readonly ('127.0.0.1' | '::1')[], offset: number) {
  return addresses.flatMap((address) =>
    standardListeners.map(({ name, role, port, tls }) => ({
      name: address === '::1' ? `${name}-v6` : name,
      role,
      address,
      port: port + offset,
      tls,
    })),
  );
}

export type PlannedListener = ReturnType<typeof plannedListeners>[number];
