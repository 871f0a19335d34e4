import { runStages } from './stages.ts';

await runStages(['check'], true);
