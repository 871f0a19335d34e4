import { answer } from '../command.ts';
import type { AccountCommand } from '../command.ts';
import { atom } from '../grammar/strings.ts';
import { okay } from '../response/done.ts';
import type { Enableable } from '../world.ts';

/** What can be enabled, by its name in upper case. */
export const enableables: ReadonlyMap<string, Enableable> = new Map([['IMAP4REV2', 'IMAP4rev2']]);

/** RFC 9051 §6.3.1: names nobody knows are passed over. */
export const enable: AccountCommand = {
  name: 'ENABLE',
  states: 'account',
  usesSequenceNumbers: false,
  mayReportExpunge: true,
  breaksPipeline: true,
  provides: ['ENABLE', 'IMAP4rev1', 'IMAP4rev2'],
  prepare: (cursor) => {
    const names: string[] = [];
    do {
      cursor.space();
      names.push(atom(cursor, 'a capability').toUpperCase());
    } while (!cursor.done);
    return (world) => {
      const known = names.map((name) => enableables.get(name)).filter((name) => name !== undefined);
      const fresh = [...new Set(known)].filter((name) => !world.enabled.has(name));
      for (const name of fresh) world.enabled.add(name);
      return answer(okay('Enabled'), `* ENABLED${fresh.map((name) => ` ${name}`).join('')}\r\n`);
    };
  },
};
