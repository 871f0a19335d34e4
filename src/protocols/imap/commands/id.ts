import { answer } from '../command.ts';
import type { AnyCommand } from '../command.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { nstring, string } from '../grammar/strings.ts';
import { okay } from '../response/done.ts';

/** RFC 2971 §3.3: at most 30 pairs. */
const pairsMax = 30;

/** RFC 2971: what the client says is read and forgotten; the server tells its name and nothing that helps an attacker. */
export const id: AnyCommand = {
  name: 'ID',
  states: 'any',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: false,
  provides: ['ID'],
  prepare: (cursor) => {
    cursor.space();
    if (!cursor.skip('NIL')) pairs(cursor);
    cursor.end();
    return () => answer(okay('Pleased to meet you'), '* ID ("name" "Postern")\r\n');
  },
};

function pairs(cursor: Cursor): void {
  cursor.expect('(', 'NIL or a list');
  if (cursor.skip(')')) return;
  for (let count = 0; count < pairsMax; count += 1) {
    string(cursor);
    cursor.space();
    nstring(cursor);
    if (cursor.skip(')')) return;
    cursor.space();
  }
  cursor.fail(`at most ${pairsMax} pairs`);
}
