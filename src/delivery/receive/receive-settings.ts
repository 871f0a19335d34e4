import { duration } from '#config/kinds/duration.ts';
import { integer } from '#config/kinds/integer.ts';
import { list } from '#config/kinds/list.ts';
import { size } from '#config/kinds/size.ts';
import { name } from '#config/kinds/string.ts';
import { setting } from '#config/setting.ts';
import { foreignHeaderBytesMax } from '#mail/message-limits.ts';
import { inboundRecipientsMin, intakeDefaults } from './intake-settings.ts';

const kibibyte = 1024;
const gibibyte = 1024 ** 3;
const dayMs = 86_400_000;
/** RFC 5321 §4.5.3.1.7. */
const messageBytesMin = 64 * kibibyte;
/** Also the deepest that one transaction may reach after aliases. */
const recipientsMost = 10_000;

/** Settings of the intake; they count for the next message. */
export const receiveSettings = {
  messageBytesMax: setting(
    'message.size_max',
    size({ minBytes: messageBytesMin, maxBytes: gibibyte }),
    intakeDefaults.messageBytesMax,
    { meaning: 'The largest message that is taken, as sent.', requirements: ['I-61'] },
  ),
  partBytesMax: setting(
    'message.part_size_max',
    size({ minBytes: 0, maxBytes: gibibyte }),
    intakeDefaults.partBytesMax ?? 0,
    {
      meaning: 'The largest single part of a message, as encoded; 0: only the whole is limited.',
      requirements: ['I-62', 'I-63'],
    },
  ),
  headerBytesMax: setting(
    'message.header_size_max',
    size({ minBytes: 16 * kibibyte, maxBytes: foreignHeaderBytesMax }),
    intakeDefaults.headerBytesMax,
    { meaning: 'The largest header of a message.', requirements: ['I-64', 'S-09'] },
  ),
  inboundRecipientsMax: setting(
    'message.inbound_recipients_max',
    integer({ min: inboundRecipientsMin, max: recipientsMost }),
    intakeDefaults.inboundRecipientsMax,
    { meaning: 'How many recipients a message from outside may have.', requirements: ['I-66'] },
  ),
  submissionRecipientsMax: setting(
    'message.submission_recipients_max',
    integer({ min: 1, max: recipientsMost }),
    intakeDefaults.submissionRecipientsMax,
    { meaning: 'How many recipients a message of an account holder may have.', requirements: ['I-66'] },
  ),
  queueLifetimeMs: setting(
    'queue.lifetime',
    duration({ minMs: dayMs / 24, maxMs: 30 * dayMs }),
    intakeDefaults.queueLifetimeMs,
    {
      meaning:
        'How long delivery is tried before the message is given back to its sender (RFC 5321 §4.5.4.1: 4 to 5 days).',
    },
  ),
  mendedNetworks: setting('message.mended_networks', list(name), [] as readonly string[], {
    meaning:
      'Names of [[network]] blocks whose messages with bare CR, bare LF or NUL are mended instead of refused. Only for old devices of one’s own.',
  }),
};
