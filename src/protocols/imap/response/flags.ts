import { systemFlags } from '#store/contract/messages.ts';
import type { MailboxView } from '#store/view.ts';

const system = Object.keys(systemFlags).join(' ');

function defined(view: MailboxView): string {
  return [system, ...view.keywords.filter((keyword) => keyword !== '')].join(' ');
}

/** `* FLAGS (…)` and what of them may be changed for good (RFC 9051 §7.3.5, §7.1 PERMANENTFLAGS). */
export function formatFlagsOf(view: MailboxView, readOnly: boolean): string {
  const flags = defined(view);
  const permanent = readOnly ? '' : `${flags} \\*`;
  return `* FLAGS (${flags})\r\n* OK [PERMANENTFLAGS (${permanent})] Flags that stay\r\n`;
}
