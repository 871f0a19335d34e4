import { integer } from '#config/kinds/integer.ts';
import { setting } from '#config/setting.ts';
import { defaultSmtpLimits } from './smtp-options.ts';

const most = 100_000;

/** What one SMTP connection may get wrong before it ends; they count for the next command (S-09). */
export const smtpBudgetSettings = {
  wrongCommandsMax: setting(
    'smtp.wrong_commands_max',
    integer({ min: 0, max: most }),
    defaultSmtpLimits.wrongCommandsMax,
    { meaning: 'Commands that were wrong before a connection is ended.', requirements: ['P-32'] },
  ),
  refusedRecipientsMax: setting(
    'smtp.refused_recipients_max',
    integer({ min: 1, max: most }),
    defaultSmtpLimits.refusedRecipientsMax,
    {
      meaning: 'Recipients that were refused before a connection is ended: who guesses names sends no mail.',
      requirements: ['P-32', 'I-87'],
    },
  ),
  idleCommandsMax: setting(
    'smtp.idle_commands_max',
    integer({ min: 10, max: most }),
    defaultSmtpLimits.idleCommandsMax,
    {
      meaning: 'Commands that bring no mail forward (NOOP, RSET, EHLO, …) between two messages.',
      requirements: ['P-32'],
    },
  ),
  failedLoginsMax: setting(
    'smtp.failed_logins_max',
    integer({ min: 1, max: 100 }),
    defaultSmtpLimits.failedLoginsMax,
    { meaning: 'Failed log-ins before a connection is ended.', requirements: ['I-80'] },
  ),
};
