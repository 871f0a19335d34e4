import type { DoctorCheck } from '#admin/doctor/check.ts';
import { pass, skip, warn } from '#admin/doctor/check.ts';
import { counted } from '#admin/show.ts';
import type { DoctorWorld } from './doctor-world.ts';

const dayMs = 86_400_000;
/** Messages that are looked at; more are said to be more. */
const lookedAtMax = 256;

/** Mail that waits for a person is easily forgotten: how much it is, and since when (S-04, S-13). */
export function heldMailCheck({ clock, queue }: DoctorWorld): DoctorCheck {
  return {
    name: 'held mail',
    meaning: 'No message waits for a person.',
    async run() {
      if (queue === undefined) return [skip('the store could not be opened')];
      const held = await queue.list({ state: 'held' }, undefined, lookedAtMax);
      if (!held.ok) return [skip(`the queue could not be read: ${held.error.code}`)];
      const { items, next } = held.value;
      // Ids rise with time: the first is the oldest.
      const [oldest] = items;
      if (oldest === undefined) return [pass('no message is held')];
      const days = Math.max(0, Math.floor((clock.now() - oldest.receivedAtMs) / dayMs));
      const count = `${next === undefined ? '' : 'more than '}${counted(items.length, 'message')}`;
      return [
        warn(
          `${count} held, the oldest received ${counted(days, 'day')} ago`,
          'See why: postern queue list --state held; then: postern queue retry <id>, or postern queue drop <id>',
        ),
      ];
    },
  };
}
