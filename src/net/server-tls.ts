import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { err, ok, type Result } from '#base/result.ts';
import type { TlsFacts, TlsFailure } from '#platform/dialer.ts';
import type { ListenerRole } from '#protocols/conversation.ts';
import { protocolsOf, type TlsContexts } from './tls-context.ts';
import type { Timers } from './timers.ts';

/** A handshake takes milliseconds; who needs longer than this is not shaking hands. */
const handshakeTimeoutMs = 30_000;

/**
 * RFC 6066 §3: fatal `unrecognized_name`, as a record of its own in the clear; Node would close without a
 * word, and nothing of ours was sent before it.
 */
const unrecognizedName = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70]);

export interface ServerTls {
  readonly contexts: TlsContexts;
  readonly role: ListenerRole;
}

export interface SecuredSocket {
  readonly socket: TLSSocket;
  readonly facts: TlsFacts;
}

/** Shakes hands as the server on a socket that is connected already. */
export function secureServerSocket(
  plain: Socket,
  tls: ServerTls,
  timers: Timers,
): Promise<Result<SecuredSocket, TlsFailure>> {
  return new Promise((resolve) => {
    const socket = new TLSSocket(plain, {
      isServer: true,
      allowHalfOpen: true,
      secureContext: tls.contexts.default(),
      ALPNCallback: ({ protocols }: { protocols: readonly string[] }) => {
        const own = protocolsOf(tls.role);
        return protocols.find((name) => own.includes(name));
      },
      SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => {
        const context = tls.contexts.select(name, tls.role);
        if (context === undefined) plain.end(unrecognizedName);
        done(context === undefined ? new Error('unrecognized server name') : null, context);
      },
    } as ConstructorParameters<typeof TLSSocket>[1]);
    const fail = (kind: TlsFailure['kind'], detail: string): void => {
      stopTimer();
      socket.destroy();
      resolve(err({ kind, detail }));
    };
    const stopTimer = timers.after(handshakeTimeoutMs, () => fail('timeout', 'handshake took too long'));
    const onError = (error: Error): void => fail('handshake', describe(error));
    const onClose = (): void => fail('closed', 'closed during the handshake');
    // Errors before and after the handshake come this way; later ones end the connection like a reset.
    socket.on('_tlsError', (error: Error) => {
      onError(error);
    });
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once('secure', () => {
      stopTimer();
      socket.off('close', onClose);
      resolve(ok({ socket, facts: factsOf(socket) }));
    });
  });
}

/** OpenSSL's reason, without our file names and its addresses. */
function describe(error: Error): string {
  const { code, reason } = error as { code?: string; reason?: string };
  return (reason ?? code ?? error.message).slice(0, 200);
}

function factsOf(socket: TLSSocket): TlsFacts {
  const version = socket.getProtocol() ?? 'unknown';
  const serverName = (socket as { servername?: unknown }).servername;
  return {
    version,
    cipher: socket.getCipher().standardName,
    ...(typeof serverName === 'string' && { serverName: serverName.toLowerCase().slice(0, 255) }),
    ...(version === 'TLSv1.3' && {
      exporter: () => socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)),
    }),
  };
}
