import type { MailRule } from '#policy/rules/mail-rule.ts';
import { spellTerm } from '#policy/rules/mail-rule.ts';
import { showTime } from '../show.ts';

export function showRule({ name, action, priority, terms, reason, sinceMs, untilMs }: MailRule) {
  return {
    name,
    action,
    priority,
    words: terms.map(spellTerm),
    reason: reason ?? null,
    since: showTime(sinceMs),
    until: untilMs === undefined ? null : showTime(untilMs),
  };
}

export type ShownRule = ReturnType<typeof showRule>;

/** As it would be typed, with why and until when behind. */
export function ruleLine({ name, action, words, reason, until }: ShownRule): string {
  const rest = [until === null ? '' : `until ${until}`, reason ?? ''].filter((text) => text !== '');
  return [`${name} ${action} ${words.join(' ')}`, ...rest].join(', ');
}
