import { andThen } from '#base/and-then.ts';
import type { Fact } from '../fact.ts';
import type { ReplayFact } from '../fact-table.ts';

/** How far one signature has spread (RFC 6376 §8.6). Signatures that are not valid prove nothing and are not counted. */
export const replayFact: Fact<'replay'> = {
  name: 'replay',
  stage: 'message',
  asks: 'dns',
  absent: () => ({ recipients: 0 }),
  compute: ({ replays, message }, facts) =>
    andThen(facts.read('dkim'), ({ outcomes }) => {
      let most: ReplayFact = { recipients: 0 };
      for (const { result, fingerprint, domain } of outcomes) {
        if (result !== 'pass' || fingerprint === undefined || domain === undefined) continue;
        const recipients = replays.reached(fingerprint, message?.recipients ?? 1);
        if (recipients > most.recipients) most = { recipients, domain };
      }
      return most;
    }),
  record: (fact) => (fact.recipients === 0 ? undefined : fact),
};
