import { readFile } from 'node:fs/promises';
import type { DoctorCheck } from '#admin/doctor/check.ts';
import { pass, skip, warn } from '#admin/doctor/check.ts';

/** STORAGE §1: 1,024 account files take a quarter of them; the rest is for connections. */
const descriptorsMin = 4096;

export function descriptorsCheck(): DoctorCheck {
  return {
    name: 'descriptors',
    meaning: 'The process may open enough files and connections.',
    async run() {
      const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
      const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
      if (soft === undefined) return [skip('the limit of open files cannot be read here')];
      const what = `${soft} files and connections may be open`;
      if (soft === 'unlimited' || Number(soft) >= descriptorsMin) return [pass(what)];
      return [warn(what, 'Raise it: LimitNOFILE=65536 in the service unit, or ulimit -n 65536.')];
    },
  };
}
