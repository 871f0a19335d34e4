import { runCommandLine } from './cli/program.ts';
import { watchOutput } from './cli/watch-output.ts';

/** What is still open once the work is done may not keep the process. */
const lingerMs = 300;

// What this process makes is for its owner alone (P-39).
process.umask(0o077);
watchOutput();
const code = await runCommandLine(process.argv.slice(2));
process.exitCode ??= code;
setTimeout(() => process.exit(), lingerMs).unref();
