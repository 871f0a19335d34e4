/** One message of an mbox file or a Maildir. */
export interface ImportedMessage {
  /** The same message of the same source always has the same key, so that a second import adds nothing. */
  readonly key: string;
  /** Mailbox name below the target, levels joined by `/`; empty for the target itself. */
  readonly mailbox: string;
  readonly bytes: Uint8Array;
  readonly internalDateMs: number | undefined;
  readonly flags: readonly string[];
}

export interface MailSource {
  readonly format: 'mbox' | 'maildir';
  /** As far as it is known before reading. */
  readonly messagesTotal: number | undefined;
  messages(): AsyncIterable<ImportedMessage>;
}
