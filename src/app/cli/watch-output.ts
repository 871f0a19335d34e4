import { exitCodes } from '#admin/errors.ts';
import { printable } from './terminal.ts';

/** What a shell tells of a program that SIGPIPE ended: 128 and the signal's number. */
const unreadCode = 141;

/**
 * Whoever reads standard output may go away (`postern trace list | head`): the rest is let go and nothing said of it, as
 * Unix tools do. What was begun is done all the same, and a server goes on. That output could not be written for
 * another reason, as on a full disk, is told. Nobody reading standard error changes nothing.
 */
export function watchOutput(): void {
  const { stdout, stderr } = process;
  stderr.on('error', () => undefined);
  stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    process.exitCode = code === 'EPIPE' ? unreadCode : exitCodes.failed;
    if (code !== 'EPIPE') stderr.write(`postern: standard output: ${printable(message)}\n`);
  });
}
