import { check } from '../../check.ts';
import { pass } from '../../judgement.ts';

/** One From field with authors of one domain: what else comes, some program shows as somebody else (RFC 9989 §5.3.1). */
export const author = check({
  name: 'author',
  stage: 'message',
  class: 'authentication',
  meaning: 'The message has one From field, and its authors are of one domain.',
  requirements: ['I-43'],
  source: 'RFC 5322 §3.6, RFC 9989 §5.3.1',
  action: 'refuse',
  weight: 10,
  reads: ['author'],
  judge({ author: { author: found } }) {
    if (found.kind !== 'unfit') return pass;
    const { detail, problem } = found;
    return {
      kind: 'finding',
      reason: detail,
      evidence: { problem },
      reply: { detail: '6.0', text: `the From field cannot be accepted: ${detail}` },
    };
  },
});
