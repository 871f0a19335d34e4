import type { Ban } from '#policy/bans/ban.ts';
import { counted, showTime } from '../show.ts';

export interface ShownBan {
  readonly network: string;
  readonly reason: Ban['reason'];
  readonly since: string;
  readonly until: string | null;
  readonly strikes: number;
  readonly evidence: Ban['evidence'];
}

export function showBan(ban: Ban): ShownBan {
  return {
    network: ban.network,
    reason: ban.reason,
    since: showTime(ban.sinceMs),
    until: ban.untilMs === undefined ? null : showTime(ban.untilMs),
    strikes: ban.strikes,
    evidence: ban.evidence,
  };
}

/** Why, in words: what an administrator needs to judge it. */
export function banWords({ reason, evidence, strikes }: ShownBan): string {
  const { count, users = [], listener, note } = evidence;
  const words = {
    logins: `${counted(count ?? 0, 'failed log-in')}${users.length === 0 ? '' : ` as ${users.join(', ')}`}`,
    connections: counted(count ?? 0, 'refused connection'),
    intrusion: note ?? 'intrusion',
    administrator: note ?? 'by hand',
  }[reason];
  const where = listener === undefined ? '' : ` on ${listener}`;
  return `${words}${where}${strikes > 1 ? `, time ${strikes}` : ''}`;
}
