import type { AccountId } from '#base/id.ts';
import type { Bus, Change } from './bus.ts';
import { noFailures } from './fake-failures.ts';
import type { FailureSchedule } from './fake-failures.ts';

/** A bus in this process; the schedule's `bus` failures are lost notices, which must do no harm. */
export function createFakeBus(failures: FailureSchedule = noFailures): Bus {
  const listeners = new Map<AccountId, Set<(change: Change) => void>>();
  return {
    publish(change) {
      if (failures.fails('bus')) return;
      for (const listener of listeners.get(change.account) ?? []) listener(change);
    },
    subscribe(account, listener) {
      const ofAccount = listeners.get(account) ?? new Set();
      listeners.set(account, ofAccount.add(listener));
      return () => {
        ofAccount.delete(listener);
        if (ofAccount.size === 0 && listeners.get(account) === ofAccount) listeners.delete(account);
      };
    },
  };
}
