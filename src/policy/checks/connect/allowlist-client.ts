import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';

/** A network on the allow list: it lifts lists, greylisting and scores, and nothing else (P-26). */
export const allowlistClient = check({
  name: 'allowlist-client',
  stage: 'connect',
  class: 'list',
  meaning: 'An address on the local allow list is spared lists, greylisting and scores.',
  requirements: ['P-26'],
  source: 'P-26',
  action: 'note',
  weight: 0,
  reads: ['localClient'],
  judge({ localClient: { allow } }) {
    if (allow === undefined) return silent;
    return {
      kind: 'vouch',
      reason: 'the connecting address is on the local allow list',
      evidence: { allow },
    };
  },
});
