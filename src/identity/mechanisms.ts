import type { Random } from '#platform/random.ts';
import type { LoginContext, SaslExchange } from './authenticator.ts';
import type { LoginParts } from './login-desk.ts';
import { loginExchange } from './sasl-login.ts';
import { plainExchange } from './sasl-plain.ts';
import { scramExchange } from './sasl-scram.ts';

export interface Mechanism {
  readonly name: string;
  /** Needs the exporter of TLS 1.3 (RFC 9266). */
  readonly bindsChannel: boolean;
  begin(parts: LoginParts, context: LoginContext, random: Random): SaslExchange;
}

/** What is offered, strongest first. */
export const mechanisms: readonly Mechanism[] = [
  {
    name: 'SCRAM-SHA-256-PLUS',
    bindsChannel: true,
    begin: (parts, context, random) =>
      scramExchange(parts, context, {
        mechanism: 'SCRAM-SHA-256-PLUS',
        random,
        exporter: context.tls?.exporter,
      }),
  },
  {
    name: 'SCRAM-SHA-256',
    bindsChannel: false,
    begin: (parts, context, random) =>
      scramExchange(parts, context, { mechanism: 'SCRAM-SHA-256', random, exporter: context.tls?.exporter }),
  },
  { name: 'PLAIN', bindsChannel: false, begin: plainExchange },
  { name: 'LOGIN', bindsChannel: false, begin: loginExchange },
];
