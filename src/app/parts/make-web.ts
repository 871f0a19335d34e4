import type { AdminWorld, WebLink } from '#admin/world.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { Configuration, ListenerBlock } from '#config/configuration.ts';
import { isLoopback, spellEndpoint } from '#config/kinds/ip-address.ts';
import type { AccountAuthenticator } from '#identity/create-authenticator.ts';
import { linkLifeMs, OneTimeLinks } from '#identity/one-time-links.ts';
import { WebSessions } from '#identity/web-sessions.ts';
import type { WebHandler } from '#web/web-peer.ts';
import { createWebApp } from '#web/web-app.ts';
import type { World } from './world.ts';

/** The administration in the browser: links into it for the command line, and what answers. */
export interface Web {
  /** `undefined`: no listener is of this role. */
  readonly admin: AdminWorld['web'];
  handler(admin: AdminWorld, authenticator: Pick<AccountAuthenticator, 'refusedLink'>): WebHandler;
}

export function makeWeb({ hostname, listeners }: Configuration, world: World): Web {
  const blocks = listeners.filter(({ role }) => role === 'http');
  const [block] = blocks;
  const links = new OneTimeLinks(world);
  const sessions = new WebSessions(world);
  return {
    admin: block && {
      link: () => linkTo(block, hostname, { secret: links.issue(), nowMs: world.clock.now() }),
    },
    handler: (admin, authenticator) =>
      createWebApp({
        world: admin,
        links,
        sessions,
        events: world.events,
        hosts: new Set([hostname, ...blocks.flatMap(({ certificate }) => certificate ?? [])]),
        refusedLink: ({ sessionId, listener, client, exemptFromRate }) =>
          authenticator.refusedLink({
            protocol: 'http',
            sessionId,
            listener,
            client,
            // Behind a proxy on this machine all strangers come from there: who logs in there is not shut out for them.
            exemptFromRate: exemptFromRate || isHere(client),
            tls: undefined,
          }),
      }),
  };
}

function isHere(client: string): boolean {
  const address = parseClientAddress(client);
  return address !== undefined && isLoopback(address);
}

function linkTo(
  block: ListenerBlock,
  hostname: string,
  { secret, nowMs }: { readonly secret: string; readonly nowMs: number },
): WebLink {
  const { address, port, certificate } = block;
  const isLocal = isLoopback(address);
  const at = isLocal ? spellEndpoint(block) : `${certificate ?? hostname}:${port}`;
  return {
    url: `${block.tls === 'none' ? 'http' : 'https'}://${at}/enter/${secret}`,
    expiresMs: nowMs + linkLifeMs,
    tunnel: isLocal ? tunnelCommand(spellEndpoint({ address, port }), hostname) : undefined,
  };
}

/** A port that somebody else has taken would be given the link: then SSH shall not go on. */
function tunnelCommand(endpoint: string, hostname: string): string {
  return `ssh -o ExitOnForwardFailure=yes -L ${endpoint}:${endpoint} ${hostname}`;
}
