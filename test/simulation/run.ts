import { simulateMail } from './simulate-mail.ts';
import { simulateStore } from './simulate-store.ts';

/* `node test/simulation/run.ts [FIRST [COUNT]]`: any number of seeds; prints those that fail. */

const [first = 1, count = 1] = process.argv.slice(2).map(Number);
let failed = 0;
for (let seed = first; seed < first + count; seed += 1) {
  try {
    await simulateStore({ seed });
    await simulateMail({ seed });
  } catch (error) {
    failed += 1;
    console.error(`seed ${seed} fails:`, error);
  }
}
console.log(`${count - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
