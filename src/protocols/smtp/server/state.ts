import type { LineEndWatch } from '#base/line-end-watch.ts';
import type { MailParameters, Transaction } from '#delivery/receive/intake.ts';
import type { SaslExchange } from '#identity/authenticator.ts';
import type { Reply } from './reply.ts';

/** Who the client says it is, and how. */
export interface Hello {
  readonly name: string;
  readonly protocol: 'SMTP' | 'ESMTP' | 'LMTP';
}

/** Between commands, where a command can be given. */
export type CommandState =
  /** Nobody said hello yet, or TLS just made everything new. */
  | { readonly kind: 'fresh' }
  | { readonly kind: 'greeted'; readonly hello: Hello }
  /** MAIL was accepted; recipients are coming. */
  | {
      readonly kind: 'mail';
      readonly hello: Hello;
      readonly mail: MailParameters;
      readonly transaction: Transaction;
    }
  /** Between the chunks of a message (RFC 3030). */
  | {
      readonly kind: 'chunks';
      readonly hello: Hello;
      readonly mail: MailParameters;
      readonly transaction: Transaction;
      readonly body: ChunkedBody;
    };

/** Where something other than a command is expected. */
export type TakingState =
  /** The client's next line answers a challenge. `done`: it only has to acknowledge the server's last words. */
  | {
      readonly kind: 'auth';
      readonly hello: Hello;
      readonly exchange: SaslExchange;
      readonly mechanism: string;
    }
  | { readonly kind: 'auth-done'; readonly hello: Hello; readonly accept: () => void }
  | {
      readonly kind: 'data';
      readonly hello: Hello;
      readonly transaction: Transaction;
      readonly sizeBytes: number;
    }
  | {
      readonly kind: 'chunk';
      readonly hello: Hello;
      readonly mail: MailParameters;
      readonly transaction: Transaction;
      readonly body: ChunkedBody;
      readonly leftBytes: number;
      readonly last: boolean;
    }
  /** A chunk that nobody wants: read to its end, then answered. */
  | {
      readonly kind: 'unwanted-chunk';
      readonly leftBytes: number;
      readonly reply: Reply;
      readonly after: CommandState;
    };

export type State = CommandState | TakingState;

/** What is known of a body that comes in chunks. */
export interface ChunkedBody {
  readonly sizeBytes: number;
  /** `undefined` for BINARYMIME, where any byte may occur. */
  readonly watch: LineEndWatch | undefined;
}
