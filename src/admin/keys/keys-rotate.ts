import { err, ok } from '#base/result.ts';
import type { ValuesOf } from '#config/key.ts';
import { defaulted, optional } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { file } from '#config/kinds/file.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { counted } from '../show.ts';

const input = {
  to: optional(file, {
    meaning:
      'Where to write a new master key: a file that does not exist yet. Every key is wrapped under it.',
  }),
  accounts: defaulted(boolean, false, {
    meaning: 'Give every account a new key and seal its mail anew under it, while it is in use.',
  }),
};

export const keysRotate = operation({
  name: 'keys rotate',
  meaning:
    'Make a new master key (--to FILE), new keys for the accounts (--accounts), or both. A rotation of account keys that was broken off goes on by itself when the server runs, or with the same command.',
  input,
  async preview(_world, values) {
    const checked = check(values);
    if (!checked.ok) return checked;
    return ok([
      ...(values.to === undefined
        ? []
        : [
            `A new master key will be written to ${values.to}, and every key wrapped under it.`,
            'From then on the store opens only with the new key: set "[keys] master" to it and keep a copy in a safe place.',
            'Keep the old key as long as you keep backups made with it.',
          ]),
      ...(values.accounts
        ? [
            'Every account gets a new key, and all its mail is sealed anew. The old keys are destroyed once its traces and what it has in the queue are gone.',
          ]
        : []),
    ]);
  },
  async run(world, values, context) {
    const checked = check(values);
    if (!checked.ok) return checked;
    const accounts = values.accounts ? await world.keys.rotateAccounts(context.progress) : ok(null);
    if (!accounts.ok) return accounts;
    const master = values.to === undefined ? ok(null) : await world.keys.rotateMaster(values.to);
    if (!master.ok) return master;
    const { to } = values;
    return ok({
      master: master.value === null || to === undefined ? null : { ...master.value, file: to },
      accounts: accounts.value,
    });
  },
  render: ({ master, accounts }) => [
    ...(accounts === null
      ? []
      : [
          `${counted(accounts.accounts, 'account')} under new keys, ${counted(accounts.records, 'record')} sealed anew.`,
          ...accounts.waiting.map((id) => `Account ${id} is out of use; it follows by itself.`),
        ]),
    ...(master === null
      ? []
      : [
          `${counted(master.keys, 'key')} wrapped under the new master key ${master.masterKeyId}.`,
          `Now set  [keys] master = "file:${master.file}"  and copy that file to a safe place.`,
        ]),
  ],
});

function check({ to, accounts }: ValuesOf<typeof input>) {
  return to === undefined && !accounts
    ? err(adminError('usage', 'nothing to rotate: give --to FILE, --accounts, or both'))
    : ok(undefined);
}
