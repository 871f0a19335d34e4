import type { Domain } from '#mail/domain.ts';
import type { PlannedListener } from './listeners.ts';

export interface ConfigurationFacts {
  readonly hostname: string;
  readonly domain: Domain;
  /** As seen from the file. */
  readonly masterKey: string;
  readonly certificate: string;
  readonly certificateKey: string;
  readonly listeners: readonly PlannedListener[];
}

/** The file that a quick start writes: complete, and with words for whoever reads it first. */
export function configurationText(facts: ConfigurationFacts): string {
  const quote = (text: string): string => JSON.stringify(text);
  return `# The configuration of a Postern mail server, as "postern quickstart" wrote it.
# Only what must be known before the store opens stands here; everything else is a setting in the
# store: postern settings list. All keys: docs/reference/settings.md
# After a change: postern check-config, then start the server again.

[server]
# The full name of this machine, as other servers see it.
hostname = ${quote(facts.hostname)}

[data]
# Where mail is kept, as seen from this file.
dir = "."

[keys]
# The key that opens all others. No backup contains it: copy it to a safe place.
master = ${quote(`file:${facts.masterKey}`)}

[outbound]
# A trial server sends mail only to this machine and to private networks; the rest is held, with the
# reason (postern queue list). For a real domain see docs/guide/your-domain.md
destinations = "private"
private_destinations = ["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]

# Clients on this machine do not meet limits of rate, nor checks of the connecting host by DNS. A server
# with a listener on any other address refuses to start with this block.
[[network]]
name = "test"
addresses = ["127.0.0.0/8", "::1"]
exempt = ["rate", "dns"]

# Self-signed: mail programs will ask. Put your own in its place; the server reads new files by itself.
[[certificate]]
cert = ${quote(facts.certificate)}
key = ${quote(facts.certificateKey)}
domains = [${[facts.hostname, facts.domain, 'localhost'].map(quote).join(', ')}]
${facts.listeners.map(listenerText).join('')}`;
}

function listenerText({ name, role, address, port, tls }: PlannedListener): string {
  return `
[[listener]]
name = "${name}"
role = "${role}"
address = "${address}"
port = ${port}
tls = "${tls}"
`;
}
