import { relative } from 'node:path';
import type { Ready } from '../ready.ts';

export interface ReadyFacts {
  readonly ready: Ready;
  readonly version: string;
  readonly startedMs: number;
  readonly workingDir: string;
  readonly masterKeyFile: string | undefined;
  readonly notes: readonly string[];
}

/** What a person sees once everything listens (CONTRACTS §3). */
export function readyText(facts: ReadyFacts): readonly string[] {
  const { ready, workingDir } = facts;
  const show = (path: string): string => shortPath(workingDir, path);
  const ports = portsOf(ready);
  const key = facts.masterKeyFile;
  return [
    `Postern ${facts.version} is ready (${(facts.startedMs / 1000).toFixed(1)} s).   Data: ${show(ready.dataDir)}   Settings: ${show(ready.config)}`,
    '',
    ...accountLines(ready, show(ready.config)),
    `  Read mail           IMAP  ${ports('imap', 'starttls')} STARTTLS  or ${ports('imap', 'implicit')} TLS      POP3 ${ports('pop3', 'starttls')} / ${ports('pop3', 'implicit')}`,
    `  Send mail           SMTP  ${ports('submission', 'starttls')} STARTTLS  or ${ports('submission', 'implicit')} TLS`,
    ...webLines(ready, show(ready.config)),
    `  Certificate         SHA-256 ${ready.certificateSha256 ?? 'none'}`,
    '                      (self-signed as made by the quick start: your mail program will ask)',
    ...(key === undefined
      ? []
      : [
          `  Master key          ${show(key)}: without it the mail cannot be read; no backup contains it; copy it to a safe place`,
        ]),
    ...facts.notes.map((note) => `  Note                ${note}`),
    '',
    `Try:   swaks --server ${ports('mx', 'starttls')} --to ${ready.accounts[0]?.address ?? `postmaster@${ready.domain}`}`,
    'Then:  bin/postern trace list        Stop: Ctrl-C        A real domain: docs/guide/your-domain.md',
  ];
}

function accountLines(ready: Ready, config: string): readonly string[] {
  const [account] = ready.accounts;
  if (account === undefined) return ['  There is no account yet: bin/postern account add ADDRESS'];
  const { address, password } = account;
  if (password !== null)
    return [`  Your test account   ${address}      password  ${password}     (shown only now)`];
  return [
    `  Your account        ${address}      password as set before`,
    `                      (a new one: bin/postern account password ${address} --config ${config})`,
  ];
}

/** None in the configuration of an older quick start. */
function webLines(ready: Ready, config: string): readonly string[] {
  if (!ready.listeners.some(({ role }) => role === 'http')) return [];
  return [`  Administration      in the browser, by a link from: bin/postern web link --config ${config}`];
}

function portsOf(ready: Ready): (role: string, tls: string) => string {
  return (role, tls) => {
    const found = ready.listeners.find((row) => row.role === role && row.tls === tls);
    if (found === undefined) return 'none';
    const host = found.address.includes(':') ? `[${found.address}]` : found.address;
    return `${host}:${found.port}`;
  };
}

function shortPath(workingDir: string, path: string): string {
  const near = relative(workingDir, path);
  return near.startsWith('..') || near === '' ? path : `./${near}`;
}
