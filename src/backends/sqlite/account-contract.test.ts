import { appendTests } from '#store/contract-suite/append-tests.ts';
import { changeTests } from '#store/contract-suite/change-tests.ts';
import { mailboxTests } from '#store/contract-suite/mailbox-tests.ts';
import { mailModelTest } from '#store/contract-suite/model-suite.ts';
import { searchTests } from '#store/contract-suite/search-tests.ts';
import { storeTests } from '#store/contract-suite/store-under-test.ts';
import { storeOnAccountFiles } from './account.fixture.ts';

/* The store's contract, held by account files on disk. */

const test = storeTests('account files', storeOnAccountFiles);
appendTests(test);
changeTests(test);
mailboxTests(test);
searchTests(test);
mailModelTest('account files', storeOnAccountFiles);
