/** The world's trouble, as the store tells it. Every caller decides by `code`; `detail` is for logs and people. */
export type Trouble =
  /** `what` is what was asked for: of a removed account every call says `account`, never `mailbox`. */
  | { readonly code: 'not-found'; readonly what: string }
  | { readonly code: 'exists'; readonly what: string }
  /** The version, uid or state that the call was conditional on has changed: read again and repeat. */
  | { readonly code: 'conflict'; readonly what: string }
  | {
      readonly code: 'over-quota';
      readonly scope: 'account' | 'domain';
      readonly limit: 'bytes' | 'messages';
    }
  /** A named bound was met (`mailboxes`, `keywords`, `name-length`, …). */
  | { readonly code: 'limit'; readonly what: string; readonly max: number }
  | { readonly code: 'invalid'; readonly what: string }
  /** The reserve of disk is reached: new mail waits, deletions go on (STORAGE §2). */
  | { readonly code: 'disk-full'; readonly detail: string }
  /** The file is out of use after a failed sync or damage; its mail waits, the others go on. */
  | { readonly code: 'fenced'; readonly file: string; readonly detail: string }
  | { readonly code: 'unavailable'; readonly detail: string };
