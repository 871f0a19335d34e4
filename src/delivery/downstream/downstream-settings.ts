import { union } from '#config/kinds/union.ts';
import { setting } from '#config/setting.ts';

/** Settings of the servers behind this one; they count for the next recipient. */
export const downstreamSettings = {
  unreachable: setting('downstream.unreachable', union(['defer', 'accept']), 'defer', {
    meaning:
      'What is said at RCPT while the server behind this one cannot say whether it has an address: `defer` asks the sender to come again; `accept` takes the mail and keeps it, and what that server then refuses is held or given back.',
    requirements: ['I-88'],
  }),
};
