import type { Steps } from '#base/steps.ts';
import { isSpfRecord, parseSpfRecord } from './parse-spf-record.ts';
import { stop } from './spf-evaluation.ts';
import type { SpfEvaluation, Unstopped } from './spf-evaluation.ts';
import { recordBytesMax } from './spf-limits.ts';
import type { SpfRecord } from './spf-record.ts';

/** The one SPF record of a domain (RFC 7208 §4.4 to §4.6): `none` without one, `permerror` with several. */
export function* readRecord(domain: string, evaluation: SpfEvaluation): Steps<Unstopped<SpfRecord>> {
  const answer = yield* evaluation.ask(domain, 'TXT', { domain });
  if (!answer.ok) return answer;
  const texts = answer.value.map((record) => (record.type === 'TXT' ? record.data : '')).filter(isSpfRecord);
  const [text] = texts;
  if (text === undefined) return stop('no-record', { domain }, 'no SPF record');
  if (texts.length > 1) return stop('several-records', { domain }, `${texts.length} SPF records`);
  evaluation.recordRead(domain, text);
  if (text.length > recordBytesMax) {
    return stop('record-too-large', { domain }, `a record of more than ${recordBytesMax} octets`);
  }
  const record = (evaluation.world.records?.spf ?? parseSpfRecord)(text);
  if (record.ok) return record;
  return stop('syntax', { domain, term: record.error.term }, record.error.detail);
}
