import type { ViewNews } from '#store/view-reader.ts';
import type { SelectedMailbox } from '../selected-mailbox.ts';
import { formatFlagsOf } from './flags.ts';

/** Keywords are declared before the first response that names them. */
export function takeKeywordNews(mailbox: SelectedMailbox): string {
  return mailbox.reader.takeKeywords() ? formatFlagsOf(mailbox.view, mailbox.readOnly) : '';
}

/** What a session has not been told yet, as untagged responses; EXPUNGE only where it is allowed (RFC 9051 §7.5.1). */
export function takeNews(mailbox: SelectedMailbox, options: { readonly expunges: boolean }): string {
  const news = mailbox.reader.take(options);
  const pieces = news.expunged.map((sequence) => `* ${sequence} EXPUNGE\r\n`);
  if (news.exists !== undefined) pieces.push(`* ${news.exists} EXISTS\r\n`);
  if (news.keywords) pieces.push(formatFlagsOf(mailbox.view, mailbox.readOnly));
  pieces.push(...changedFlags(mailbox, news.changed));
  return pieces.join('');
}

function changedFlags(mailbox: SelectedMailbox, changed: ViewNews['changed']): string[] {
  return changed.map(
    ({ sequence, uid, bits }) =>
      `* ${sequence} FETCH (UID ${uid} FLAGS (${mailbox.view.flagText(bits)}))\r\n`,
  );
}
