import type { Awaitable } from '#base/result.ts';
import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';
import type { MessageSignatures } from '#mailauth/message-signatures.ts';
import type { AuthorSide } from './authenticate-mail.ts';

/** The signatures of a message, with which DMARC may be judged in one go. */
export interface JudgedSignatures extends MessageSignatures {
  /** @param author who DMARC is about; called where it is judged in one go, if at all */
  dkim(author?: () => AuthorSide | undefined): Awaitable<DkimReport>;
  /**
   * After `dkim`: what DMARC came to. `undefined`, at once or later: it was left to whoever asks, as it always is where this
   * is missing.
   */
  dmarc?(): Promise<DmarcOutcome | undefined> | undefined;
}
