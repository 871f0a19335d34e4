/** Exit codes of the command line (CONTRACTS §1). */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  configuration: 3,
  notFound: 4,
  conflict: 5,
  notConfirmed: 6,
  tryAgain: 75,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

interface ErrorRow {
  readonly exitCode: ExitCode;
  readonly meaning: string;
  /** What the person can do about it. */
  readonly fix: string;
}

function row(exitCode: ExitCode, meaning: string, fix: string): ErrorRow {
  return { exitCode, meaning, fix };
}

const { failed, usage, configuration, notFound, conflict, notConfirmed, tryAgain } = exitCodes;

/** Every way a command can fail. `docs/reference/errors.md` is drawn from this table. */
export const errorTable = {
  usage: row(usage, 'The command was not understood.', 'Run it with --help.'),
  'value-invalid': row(
    usage,
    'A value given to the command is not of the kind it must be.',
    'Give it as the message says.',
  ),
  'password-refused': row(
    usage,
    'The password is too weak or too long to be taken.',
    'Choose another one, or give none: a strong one is then made and shown once.',
  ),
  'configuration-missing': row(
    configuration,
    'No configuration file was found.',
    'Name one with --config FILE, or run "postern quickstart" for a trial server.',
  ),
  'configuration-wrong': row(
    configuration,
    'The configuration file has faults; each is named with its line.',
    'Mend them and run "postern check-config".',
  ),
  'domain-not-found': row(notFound, 'This server does not serve that domain.', 'See "postern domain list".'),
  'account-not-found': row(notFound, 'There is no such account.', 'See "postern account list".'),
  'alias-not-found': row(notFound, 'There is no such alias.', 'See "postern alias list".'),
  'queue-not-found': row(
    notFound,
    'No message with this id waits in the queue; it may have been delivered meanwhile.',
    'See "postern queue list" and "postern trace list".',
  ),
  'trace-not-found': row(
    notFound,
    'There is no trace with this id; it may have been deleted by age.',
    'See "postern trace list".',
  ),
  'trace-expired': row(
    notFound,
    'Traces of that time have been deleted: their time was over.',
    'See "postern settings list" for how long they are kept (trace.…_kept).',
  ),
  'check-not-found': row(notFound, 'There is no check of this name.', 'See "postern policy list".'),
  'trial-not-found': row(notFound, 'There is no trial of this number.', 'See "postern policy shadow list".'),
  'setting-not-found': row(notFound, 'There is no setting of this name.', 'See "postern settings list".'),
  'file-not-found': row(
    notFound,
    'The file or folder is not there or cannot be read by the server.',
    'Check the path and its mode; the server must be able to read it.',
  ),
  'not-found': row(notFound, 'What the command is about does not exist.', 'Check its name.'),
  exists: row(
    conflict,
    'There is one of this name already.',
    'Choose another name, or remove the old one first.',
  ),
  'domain-unknown': row(
    conflict,
    'The address is of a domain that this server does not serve.',
    'Run "postern domain add" first.',
  ),
  'domain-in-use': row(
    conflict,
    'The domain still has accounts or aliases.',
    'Remove them first: see "postern account list" and "postern alias list".',
  ),
  'name-reserved': row(
    conflict,
    'The name is reserved for the administrators of the domain (S-03).',
    'Give --reserved if this is meant.',
  ),
  'trace-ambiguous': row(
    conflict,
    'Several traces begin with these characters.',
    'Give more characters of the id.',
  ),
  conflict: row(conflict, 'It was changed by someone else at the same time.', 'Look at it again and repeat.'),
  'over-quota': row(conflict, 'A quota does not allow it.', 'Raise the quota or delete mail.'),
  limit: row(
    conflict,
    'A fixed bound of the server was met.',
    'Split what you do, or remove what is no longer needed.',
  ),
  'not-empty': row(conflict, 'The target folder is not empty.', 'Name an empty or new folder.'),
  'not-confirmed': row(
    notConfirmed,
    'The command cannot be undone and was not confirmed.',
    'Give --yes, or look first with --dry-run.',
  ),
  'store-busy': row(
    tryAgain,
    'Another process has the data folder open and does not answer.',
    'If a server is just starting or stopping, repeat in a moment.',
  ),
  unavailable: row(
    tryAgain,
    'A part of the store does not answer at present.',
    'Repeat in a moment; see the log if it stays so.',
  ),
  'disk-full': row(
    tryAgain,
    'The reserve of free disk space is reached: new mail waits, deletions go on.',
    'Make room on the disk of the data folder.',
  ),
  'server-needed': row(failed, 'The command needs the running server.', 'Start it with "postern serve".'),
  'file-fenced': row(
    failed,
    'A file of the store is damaged or could not be synced, and is out of use; other accounts go on.',
    'Run "postern doctor"; restore the account from a backup if the file is damaged.',
  ),
  'master-key': row(
    failed,
    'The master key cannot be read, or it is not the one this data folder was made with.',
    'Put the right key back from your copy; check "[keys] master" and the mode of the file (0600).',
  ),
  'port-busy': row(
    failed,
    'Another program listens on a port that is needed.',
    'Stop it, or choose other ports; for the quick start with --port-offset N.',
  ),
  'port-forbidden': row(
    failed,
    'The system does not let this user listen on the port.',
    'Ports below 1024 need root or CAP_NET_BIND_SERVICE; for the quick start choose --port-offset 10000.',
  ),
  'address-missing': row(
    failed,
    'This machine does not have the address that a listener names.',
    'Correct the address of the listener.',
  ),
  certificate: row(
    failed,
    'A certificate or its key cannot be read, or the two do not belong together.',
    'Check the files that the message names.',
  ),
  disk: row(
    failed,
    'A file could not be read or written.',
    'Check the path, its owner and mode, and the free space.',
  ),
  'backup-wrong': row(
    failed,
    'The folder holds no backup, or one that is damaged or of a newer version.',
    'Name the folder that "postern backup" wrote.',
  ),
  'checks-failed': row(
    failed,
    'At least one check found something that must be mended.',
    'Do what the failed checks say.',
  ),
  bug: row(failed, 'Our own fault.', 'Please report it with the message and what you did.'),
} as const satisfies Readonly<Record<string, ErrorRow>>;

export type ErrorCode = keyof typeof errorTable;

/** Why an administrative operation failed; on standard error with `--json` as `{"error": …}`. */
export interface AdminError {
  readonly code: ErrorCode;
  readonly message: string;
  /** The argument, key, file or address that it is about. */
  readonly where: string | undefined;
  readonly fix: string;
}

export function adminError(code: ErrorCode, message: string, where?: string): AdminError {
  return { code, message, where, fix: errorTable[code].fix };
}

export function exitCodeOf(error: AdminError): ExitCode {
  return errorTable[error.code].exitCode;
}
