import { appendTests } from './contract-suite/append-tests.ts';
import { changeTests } from './contract-suite/change-tests.ts';
import { directoryTests } from './contract-suite/directory-tests.ts';
import { mailboxTests } from './contract-suite/mailbox-tests.ts';
import { queueTests } from './contract-suite/queue-tests.ts';
import { recordTests } from './contract-suite/record-tests.ts';
import { removedAccountTests } from './contract-suite/removed-account-tests.ts';
import { searchTests } from './contract-suite/search-tests.ts';
import { storeTests } from './contract-suite/store-under-test.ts';
import type { MakeStore } from './contract-suite/store-under-test.ts';

/** Registers the storage contract's tests for one backend; every test has a fresh store. */
export function storeContractSuite(name: string, make: MakeStore): void {
  const test = storeTests(name, make);
  directoryTests(test);
  mailboxTests(test);
  appendTests(test);
  changeTests(test);
  searchTests(test);
  queueTests(test);
  recordTests(test);
  removedAccountTests(test);
}
