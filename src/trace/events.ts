/**
 * Every event this server raises: its fields and its meaning. The table is the documentation
 * (`docs/reference/events.md` is drawn from it), the types below come from it, and the log and the
 * metrics know nothing else.
 *
 * Kinds of field: `client` is a canonical address (S-07); `text` is our own word, or was parsed by us into
 * a safe form; `foreign` came from a peer and is cleaned, quoted and put last (S-05); `count` is a number
 * with its unit in the name. A `?` marks a field that may be missing.
 */
export type FieldKind = 'client' | 'client?' | 'text' | 'text?' | 'foreign' | 'foreign?' | 'count' | 'count?';

export type EventLevel = 'info' | 'notice' | 'warning' | 'error';

export interface EventRow {
  readonly level: EventLevel;
  readonly meaning: string;
  readonly fields: Readonly<Record<string, FieldKind>>;
}

const table = {
  // Connections
  'connection-opened': {
    level: 'info',
    meaning: 'A client connected and was let in.',
    fields: { client: 'client', listener: 'text', session: 'text' },
  },
  'connection-closed': {
    level: 'info',
    meaning: 'A connection ended; `reason` is who or what ended it.',
    fields: { client: 'client', listener: 'text', session: 'text', reason: 'text', durationMs: 'count?' },
  },
  'connection-limited': {
    level: 'notice',
    meaning:
      'A connection was refused because a limit was reached (P-29, P-30, P-31), or a rule of flow control denies it (`limit=rule`, I-92).',
    fields: { client: 'client', listener: 'text', limit: 'text', rule: 'text?' },
  },
  'connection-foreign': {
    level: 'notice',
    meaning: 'A client outside the networks that a listener is for was turned away without a word (S-01).',
    fields: { client: 'client', listener: 'text' },
  },
  'gateway-bypassed': {
    level: 'notice',
    meaning:
      'A client that is no gateway tried to reach a listener that only its gateways may (`gateway_only`), and was refused (I-59).',
    fields: { client: 'client', listener: 'text' },
  },
  'listener-trouble': {
    level: 'error',
    meaning: 'A listening socket is in trouble, as when the process is out of file descriptors.',
    fields: { listener: 'text', detail: 'text' },
  },
  'proxy-refused': {
    level: 'warning',
    meaning:
      'A connection to a listener behind a proxy did not come from one that is named, or its PROXY header was wrong; it was closed.',
    fields: { client: 'client', listener: 'text', why: 'text' },
  },
  'tls-failed': {
    level: 'notice',
    meaning: 'A TLS handshake with a client failed.',
    fields: { client: 'client', listener: 'text', session: 'text', detail: 'foreign' },
  },
  'plaintext-after-starttls': {
    level: 'warning',
    meaning: 'Bytes followed STARTTLS in the clear: a try at command injection; the connection was closed.',
    fields: { client: 'client', listener: 'text', session: 'text' },
  },
  'wrong-protocol': {
    level: 'notice',
    meaning:
      'The first line belongs to another protocol (HTTP on a mail port, a PROXY header where none is expected); the connection was closed.',
    fields: { client: 'client', listener: 'text', session: 'text', line: 'foreign' },
  },
  'session-bug': {
    level: 'error',
    meaning: 'Our own fault: a session threw. The connection was closed, the others go on. Please report it.',
    fields: { client: 'client?', listener: 'text', session: 'text?', detail: 'text' },
  },
  'protocol-errors': {
    level: 'notice',
    meaning: 'A client made more mistakes than a session is allowed, and was disconnected.',
    fields: { client: 'client', listener: 'text', session: 'text', errors: 'count' },
  },

  // Sending
  'sending-limited': {
    level: 'warning',
    meaning:
      'An account or a relay entry sends more than it may in an hour or a day (`sending.…`, `relay.…`); the rest is put off (I-90). Unless somebody writes to many on purpose, a password or a machine is in wrong hands.',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      trace: 'text',
      status: 'text',
      limit: 'text',
      sender: 'text',
    },
  },

  // The server behind this one
  'downstream-silent': {
    level: 'warning',
    meaning:
      'The server behind this one, which has the mailboxes of a domain, could not be asked whether an address exists: mail for the domain is put off, or taken unasked, by `downstream.unreachable` (I-88). Told at most once in half a minute.',
    fields: { domain: 'text', host: 'text', detail: 'foreign' },
  },
  'downstream-catch-all': {
    level: 'notice',
    meaning:
      'The server behind this one takes mail for any address of a domain, also for one that was just made up: it cannot be used to refuse unknown recipients (I-88).',
    fields: { domain: 'text', host: 'text' },
  },

  // Logins
  'login-ok': {
    level: 'info',
    meaning: 'Somebody logged in.',
    fields: { client: 'client', listener: 'text', session: 'text', account: 'text', mechanism: 'text' },
  },
  'login-failed': {
    level: 'notice',
    meaning:
      'A login failed: unknown name, disabled account or wrong password (never told apart to the peer). `weight` is how much it counts: 0 for the same wrong password again, 0.3 from a known device (I-80).',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      reason: 'text',
      mechanism: 'text',
      failures: 'count?',
      weight: 'count?',
      user: 'foreign?',
    },
  },
  'account-attacked': {
    level: 'warning',
    meaning:
      'Failed logins for one name passed the limit: strangers who ask for it are slowed, its own devices are not (I-80).',
    fields: { failures: 'count', user: 'foreign' },
  },
  'login-limited': {
    level: 'warning',
    meaning: 'Too many failed logins from an address, a network or for one account: refused without a look.',
    fields: { client: 'client', listener: 'text', session: 'text', limit: 'text', user: 'foreign?' },
  },
  'address-banned': {
    level: 'warning',
    meaning:
      'A client (or, by hand, a network) is not let in any more, on any listener, until then: for failed log-ins, refused connections, intrusion, or by an administrator. `count` and `users` are the evidence (I-80, I-83).',
    fields: {
      client: 'client',
      network: 'text',
      reason: 'text',
      until: 'text',
      strikes: 'count',
      count: 'count?',
      users: 'foreign?',
    },
  },
  'ban-lifted': {
    level: 'notice',
    meaning: 'An administrator lifted a ban.',
    fields: { client: 'client', network: 'text' },
  },
  'connection-banned': {
    level: 'info',
    meaning: 'Somebody who is banned tried to connect.',
    fields: { client: 'client', listener: 'text', network: 'text' },
  },
  'login-before-tls': {
    level: 'notice',
    meaning:
      'A login was tried on an unencrypted connection and refused (P-14, P-34): that password is exposed.',
    fields: { client: 'client', listener: 'text', session: 'text', command: 'text' },
  },

  // Intrusion
  'connection-silent': {
    level: 'info',
    meaning: 'A client connected and left without a word.',
    fields: { client: 'client', listener: 'text', session: 'text' },
  },
  'intrusion-scan': {
    level: 'warning',
    meaning:
      'A client looks at ports: it connects and says nothing, speaks other protocols, fails at TLS, or speaks before it is greeted. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },
  'intrusion-enumeration': {
    level: 'warning',
    meaning:
      'A client tries names: of recipients that are unknown, or of accounts. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },
  'intrusion-smuggling': {
    level: 'warning',
    meaning:
      'A client sent line ends or bytes behind STARTTLS that make one command two, again and again. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },
  'intrusion-relay': {
    level: 'warning',
    meaning: 'A client tries to relay, again and again. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },
  'intrusion-anomaly': {
    level: 'warning',
    meaning:
      'A client sends what is no command, or logs in where nobody does, again and again. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },

  // Receiving
  smuggling: {
    level: 'warning',
    meaning: 'A body held a bare CR, bare LF or NUL, as SMTP smuggling does; refused, connection closed.',
    fields: { client: 'client', listener: 'text', session: 'text', what: 'text', trace: 'text?' },
  },
  'relay-refused': {
    level: 'notice',
    meaning: 'A client that may not relay asked for a recipient that is not ours (P-09).',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      form: 'text',
      trace: 'text',
      recipient: 'foreign',
    },
  },
  'recipient-refused': {
    level: 'info',
    meaning: 'A recipient of ours was refused or put off: unknown, full, or unreachable just now.',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      status: 'text',
      trace: 'text',
      recipient: 'foreign',
    },
  },
  'sender-refused': {
    level: 'notice',
    meaning: 'An account tried to send as somebody else (P-13).',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      where: 'text',
      trace: 'text',
      sender: 'foreign',
    },
  },
  'attempt-refused': {
    level: 'info',
    meaning: 'A command or a whole message was refused; the trace says by what and why.',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      check: 'text',
      status: 'text',
      trace: 'text',
    },
  },
  'message-accepted': {
    level: 'info',
    meaning: 'A message is in the queue, durable; from here on nothing may lose it.',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      queue: 'text',
      trace: 'text',
      recipients: 'count',
      sizeBytes: 'count',
      ms: 'count',
      account: 'text?',
    },
  },
  'message-discarded': {
    level: 'notice',
    meaning:
      'A message was taken and thrown away, because an administrator set the check `by` to discard (I-32); its sender hears nothing of it.',
    fields: { client: 'client', listener: 'text', session: 'text', trace: 'text', by: 'text' },
  },

  // Lists
  'list-off': {
    level: 'warning',
    meaning:
      'A list by DNS is not asked any more: it lists everything, lacks its own test entry, refuses or does not answer (P-22). It is tried again within the hour.',
    fields: { list: 'text', reason: 'text' },
  },
  'list-on': {
    level: 'notice',
    meaning: 'A list by DNS that was not asked works again.',
    fields: { list: 'text' },
  },
  'list-file-trouble': {
    level: 'warning',
    meaning:
      'A file that lists read (`lists.zone_files`, `lists.network_files`) cannot be read or is of another kind; what was read from it before stays in use (P-24, I-33).',
    fields: { file: 'text', detail: 'text' },
  },
  'list-file-read': {
    level: 'notice',
    meaning: 'A file that lists read and that was in trouble is in use again.',
    fields: { file: 'text' },
  },
  'own-listing': {
    level: 'error',
    meaning:
      'One of our own addresses or domains stands on a list: others refuse our mail. Find out why (an account that sends spam, a form, a relay), end it, and ask the list at `at` to take it off (P-11).',
    fields: { list: 'text', subject: 'text', meanings: 'text', at: 'text?' },
  },
  'own-listing-ended': {
    level: 'notice',
    meaning: 'A list does not have one of our own addresses or domains any more.',
    fields: { list: 'text', subject: 'text' },
  },
  'blocklist-fed': {
    level: 'notice',
    meaning:
      'Traps, repeated offences or reports brought a client or a proven author onto the local block list for a while; `what` and `traces` are the evidence. "postern blocklist remove" takes it off, and keeps it off for 30 days (P-25).',
    fields: {
      client: 'client',
      entry: 'text',
      origin: 'text',
      count: 'count',
      until: 'text',
      what: 'text',
      traces: 'text?',
    },
  },
  'blocklist-spared': {
    level: 'notice',
    meaning:
      'A client would have come onto the local block list, but its network brings more wanted mail than unwanted, or that could not be told (P-25).',
    fields: { client: 'client', entry: 'text', origin: 'text' },
  },

  // Delivery
  'delivery-done': {
    level: 'info',
    meaning: 'A recipient has the message.',
    fields: { queue: 'text', recipient: 'text', host: 'text?', attempt: 'count', reply: 'foreign?' },
  },
  'delivery-deferred': {
    level: 'notice',
    meaning: 'A delivery did not work yet and will be tried again.',
    fields: {
      queue: 'text',
      recipient: 'text',
      host: 'text?',
      attempt: 'count',
      next: 'text?',
      reason: 'foreign',
    },
  },
  'delivery-failed': {
    level: 'notice',
    meaning: 'A delivery failed for good; the sender is told where a bounce may be sent (S-04).',
    fields: { queue: 'text', recipient: 'text', host: 'text?', attempt: 'count', reason: 'foreign' },
  },
  'delivery-held': {
    level: 'warning',
    meaning: 'A message waits until a person decides (`postern queue retry|drop`).',
    fields: { queue: 'text', recipient: 'text', reason: 'foreign' },
  },
  'held-expired': {
    level: 'warning',
    meaning:
      'A message that failed, and whose return path is not proven, was held for 14 days and nobody decided: it was dropped (S-04).',
    fields: { queue: 'text', recipient: 'text', reason: 'foreign' },
  },
  'delivery-crowded': {
    level: 'notice',
    meaning:
      'More mail is under way than may be, for one destination or in all; this message waits a little.',
    fields: { queue: 'text', destination: 'text' },
  },
  'delivery-in-doubt': {
    level: 'warning',
    meaning: 'The reply to the final dot was lost: the message may arrive twice.',
    fields: { queue: 'text', recipient: 'text', host: 'text' },
  },
  'bounce-sent': {
    level: 'info',
    meaning: 'A delivery status notification was queued for the sender.',
    fields: { queue: 'text', about: 'text', recipients: 'count' },
  },
  'bounce-suppressed': {
    level: 'notice',
    meaning: 'No bounce was sent: the return path is empty or not proven (S-04).',
    fields: { queue: 'text', reason: 'text' },
  },
  'destination-forbidden': {
    level: 'warning',
    meaning: 'A destination leads to a loopback, private or own address that no setting names (S-06).',
    fields: { queue: 'text?', host: 'text', address: 'text' },
  },
  'outbound-tls-failed': {
    level: 'warning',
    meaning: 'A handshake with a destination failed; not followed by clear text in this attempt (S-08).',
    fields: { host: 'text', address: 'text', detail: 'foreign' },
  },

  // Store
  'account-fenced': {
    level: 'error',
    meaning: "An account's file is out of use after a failed sync or damage; its mail waits in the queue.",
    fields: { account: 'text', file: 'text', detail: 'text' },
  },
  'mailbox-recounted': {
    level: 'error',
    meaning:
      'A mailbox did not hold as many messages as its count said; it was counted anew and is in use. Please report it.',
    fields: { account: 'text', mailbox: 'text', said: 'count', found: 'count' },
  },
  'traces-lost': {
    level: 'error',
    meaning:
      'The file of traces and counters was missing or empty, and was begun anew: what they told is lost, no mail is.',
    fields: {},
  },
  'body-unreadable': {
    level: 'error',
    meaning:
      'The file of a large message is missing or damaged. It cannot be read and text searches pass over it; told once.',
    fields: { account: 'text', file: 'text', detail: 'text' },
  },
  'account-restored': {
    level: 'notice',
    meaning: "A fenced account's file was reopened and is in use again.",
    fields: { account: 'text', file: 'text' },
  },
  'store-trouble': {
    level: 'error',
    meaning: 'A store operation met trouble of the world: what was being done, and what came of it.',
    fields: { code: 'text', what: 'text', detail: 'text' },
  },
  'records-dropped': {
    level: 'error',
    meaning:
      'So many traces or counters waited for the disk that the oldest were let go; mail itself is not concerned.',
    fields: { what: 'text', records: 'count' },
  },
  'disk-full': {
    level: 'error',
    meaning: 'The reserve of disk is reached: new mail is put off with 452, deletions still work.',
    fields: { detail: 'text' },
  },

  // The server itself
  'clock-jumped': {
    level: 'warning',
    meaning: 'The wall clock jumped: every queued message gets one more attempt before it expires (S-12).',
    fields: { byMs: 'count' },
  },
  'server-started': {
    level: 'notice',
    meaning: 'Everything listens.',
    fields: { version: 'text', listeners: 'count', ms: 'count' },
  },
  'server-stopping': {
    level: 'notice',
    meaning: 'The server stops: open sessions are said goodbye.',
    fields: { reason: 'text' },
  },
  'certificate-loaded': {
    level: 'notice',
    meaning: 'A certificate was read, at start or because its files changed.',
    fields: { file: 'text', names: 'text', sha256: 'text', expires: 'text' },
  },
  'certificate-problem': {
    level: 'error',
    meaning: 'A certificate cannot be used; the one read before stays in use.',
    fields: { file: 'text', detail: 'text' },
  },
  'setting-changed': {
    level: 'notice',
    meaning: 'An administrator changed a setting.',
    fields: { setting: 'text', by: 'text' },
  },
  'policy-stage-stopped': {
    level: 'warning',
    meaning:
      'Settings on trial kept out more mail than they may, or mail that the allow list names: they were taken back, and hold for no mail any more (N-3).',
    fields: { trial: 'text', keptOut: 'count', staged: 'count', reason: 'text' },
  },
  'refusals-not-kept': {
    level: 'notice',
    meaning:
      'One network was refused so often in a minute that only its first attempts have traces of their own; `trace` stands for the others (S-09).',
    fields: { client: 'client', check: 'text', attempts: 'count', trace: 'text' },
  },
  'traces-expired': {
    level: 'info',
    meaning:
      'Decision traces older, or of refused attempts more, than may be kept were deleted (S-09, S-11).',
    fields: { traces: 'count' },
  },
  administration: {
    level: 'notice',
    meaning: 'An administrator did something: one operation, one entry.',
    fields: { operation: 'text', by: 'text', target: 'text?' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;

type Table = typeof table;
export type EventName = keyof Table;

type ValueOf<K extends FieldKind> = K extends `count${string}` ? number : string;
type RequiredKeys<F> = { [K in keyof F]: F[K] extends `${string}?` ? never : K }[keyof F];
type OptionalKeys<F> = { [K in keyof F]: F[K] extends `${string}?` ? K : never }[keyof F];
type FieldsOf<F extends Readonly<Record<string, FieldKind>>> = {
  readonly [K in RequiredKeys<F>]: ValueOf<F[K]>;
} & { readonly [K in OptionalKeys<F>]?: ValueOf<F[K]> | undefined };

/** One event: its name and exactly the fields that its row names. */
export type Event = { [N in EventName]: { readonly name: N } & FieldsOf<Table[N]['fields']> }[EventName];

export const eventTable: Readonly<Record<EventName, EventRow>> = table;

/** Where events go. `emit` never throws and never waits. */
export interface EventSink {
  emit(event: Event): void;
}

/** For tests, and for parts that are run without a log. */
export const silentEvents: EventSink = { emit: () => undefined };
