import { answer } from '../command.ts';
import type { AccountCommand } from '../command.ts';
import { atom } from '../grammar/strings.ts';
import { bad, okay } from '../response/done.ts';

/**
 * RFC 4978 §3: from behind the reply on both sides compress. After login only (S-09), so that no password is ever part of
 * what is compressed, and whoever is nobody yet can make us hold no state for it.
 */
export const compress: AccountCommand = {
  name: 'COMPRESS',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: false,
  breaksPipeline: true,
  provides: ['COMPRESS=DEFLATE'],
  prepare: (cursor) => {
    cursor.space();
    const algorithm = atom(cursor, 'an algorithm').toUpperCase();
    cursor.end();
    return (world) => {
      if (algorithm !== 'DEFLATE') return answer(bad('DEFLATE is the only algorithm here'));
      if (world.isCompressed) return answer(bad('COMPRESS is active already', 'COMPRESSIONACTIVE'));
      world.isCompressed = true;
      return { kind: 'done', done: okay('DEFLATE active'), transition: { kind: 'compress' } };
    };
  },
};
