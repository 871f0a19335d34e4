import { runStages } from './stages.ts';

await runStages(['check', 'test', 'ci'], false);
