import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/** The local block list on the author (P-24), unless the allow list names them or the sender: then proof is sought. */
export const blocklistAuthor = check({
  name: 'blocklist-author',
  stage: 'message',
  class: 'list',
  meaning: 'The author is not on the local block list.',
  requirements: ['P-24'],
  source: 'P-24',
  action: 'refuse',
  weight: 10,
  reads: ['localClient', 'localSender', 'localAuthor'],
  judge({ localClient, localSender, localAuthor: { block, allow } }): Judgement {
    if (block === undefined) return silent;
    const waits = localClient.allow ?? allow ?? localSender.allow;
    const finding = {
      kind: 'finding',
      reason: `the local block list has ${block.entry}`,
      reply: { detail: '7.1', text: `mail of ${block.subject} is not accepted here` },
    } as const;
    return waits === undefined
      ? { ...finding, evidence: { block } }
      : { ...finding, evidence: { block, allow: waits }, atMost: 'note' };
  },
});
