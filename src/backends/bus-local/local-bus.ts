import type { AccountId } from '#base/id.ts';
import type { Bus, Change } from '#platform/bus.ts';

/** The bus of one process: whoever listens in it hears at once. */
export function createLocalBus(): Bus {
  const listeners = new Map<AccountId, Set<(change: Change) => void>>();
  return {
    publish(change) {
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
