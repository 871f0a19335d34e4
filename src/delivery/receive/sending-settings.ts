import { integer } from '#config/kinds/integer.ts';
import type { Setting } from '#config/setting.ts';
import { setting } from '#config/setting.ts';
import type { SendingQuota } from './sending-limits.ts';

const most = 10_000_000;

/** Quotas of one kind of sender; they count for the next message. 0: none. */
function quotaOf(group: string, who: string, standard: SendingQuota) {
  const row = (name: string, what: string, value: number): Setting<number> =>
    setting(`${group}.${name}`, integer({ min: 0, max: most }), value, {
      meaning: `How many ${what}; 0: no limit. What is beyond it is put off.`,
      requirements: ['I-90'],
    });
  return {
    messagesPerHour: row('messages_per_hour', `messages ${who} sends in an hour`, standard.messagesPerHour),
    messagesPerDay: row('messages_per_day', `messages ${who} sends in a day`, standard.messagesPerDay),
    recipientsPerHour: row(
      'recipients_per_hour',
      `recipients the messages of ${who} have in an hour, together`,
      standard.recipientsPerHour,
    ),
    recipientsPerDay: row(
      'recipients_per_day',
      `recipients the messages of ${who} have in a day, together`,
      standard.recipientsPerDay,
    ),
  };
}

/** Of each account. */
export const accountSendingSettings = quotaOf('sending', 'an account', {
  messagesPerHour: 500,
  messagesPerDay: 3_000,
  recipientsPerHour: 1_000,
  recipientsPerDay: 5_000,
});

/** Of each relay entry. */
export const relaySendingSettings = quotaOf('relay', 'a relay entry', {
  messagesPerHour: 1_000,
  messagesPerDay: 10_000,
  recipientsPerHour: 2_000,
  recipientsPerDay: 20_000,
});
