import type { IntakeCheck } from '#delivery/receive/finding.ts';

/**
 * What a sender can do about what the intake itself refuses, by the name of its check (P-17). What is not here, as a
 * store that is full, nobody outside can mend.
 */
export const intakeAdvice: Readonly<Partial<Record<IntakeCheck, string>>> = {
  submitter: 'Log in before you send.',
  relay:
    'Log in on the submission port (465 or 587) to write to other domains, or deliver to the mail exchangers (MX) of that domain.',
  recipient: 'See whether the address is spelled right; ask the person for it by another way.',
  recipients: 'Send the rest in another message.',
  room: 'Send it later or smaller: the mailbox has no room for it.',
  size: 'Send it smaller, or as a link.',
  sender: 'Send with an address of the account that logged in.',
  'header-from': 'Write one From field, with an address of the account that logged in.',
  smuggling: 'End every line with CR LF, and send no bare CR, bare LF or NUL (RFC 5321 §2.3.8).',
  loop: 'Find the servers that hand this message round in a circle: its Received fields name them.',
  parts: 'Send fewer parts in one message, or parts that are smaller.',
  'sending-limit':
    'Send the rest later: so many recipients in so short a time are more than this server lets through.',
  downstream: 'Nothing has to be done: your server tries again by itself.',
  header: 'Mend the header: its fields must be whole and well formed (RFC 5322).',
};
