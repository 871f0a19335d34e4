import { markersBelow } from '#backends/sqlite/markers-below.fixture.ts';

/** What is looked for; each holds letters that quoted-printable and UTF-16 write otherwise. */
export const markers = {
  body: 'BödyMarkerQjxzVw',
  large: 'LärgeMarkerQjxzVw',
  subject: 'SübjectMarkerQjxzVw',
  sender: 'sendermarkerqjxzvw',
  attachment: 'AttächmentMarkerQjxzVw',
  fileName: 'FileNämeMarkerQjxzVw',
  mailbox: 'MailboxMarkerQjxzVw',
  keyword: 'KeywordMarkerQjxzVw',
  account: 'accountmarkerqjxzvw',
  alias: 'aliasmarkerqjxzvw',
  domain: 'domainmarkerqjxzvw',
  queueRecipient: 'queuerecipientmarkerqjxzvw',
  queueDomain: 'queuedomainmarkerqjxzvw',
  queueBody: 'QueüeBodyMarkerQjxzVw',
  refusedSender: 'refusedsendermarkerqjxzvw',
  refusedRecipient: 'refusedrecipientmarkerqjxzvw',
  hello: 'hellomarkerqjxzvw',
  underWay: 'UnderWäyMarkerQjxzVw',
  draft: 'DräftMarkerQjxzVw',
} as const;

/** Which of them lie where (I-03). */
export function found(folder: string): readonly string[] {
  return markersBelow(folder, markers);
}
