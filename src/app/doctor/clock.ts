import { readFile, stat } from 'node:fs/promises';
import type { DoctorCheck, Finding } from '#admin/doctor/check.ts';
import { fail, pass, warn } from '#admin/doctor/check.ts';
import type { DoctorWorld } from './doctor-world.ts';

/** systemd-timesyncd, chrony and ntpd each leave one of these behind when they have set the clock. */
const syncSigns = ['/run/systemd/timesync/synchronized', '/var/lib/chrony/drift', '/var/lib/ntp/ntp.drift'];
const behindMsMax = 86_400_000;

/** P-40: TLS, DKIM and expiry all go by the clock. */
export function clockCheck({ clock }: DoctorWorld): DoctorCheck {
  return {
    name: 'clock',
    meaning: 'The clock is right and kept right.',
    async run() {
      const newest = (await stat(new URL(import.meta.url))).mtimeMs;
      if (clock.now() + behindMsMax < newest)
        return [
          fail(
            `the clock says ${new Date(clock.now()).toISOString()}, which is before this program was made`,
            'Set the clock.',
          ),
        ];
      return [await synchronised()];
    },
  };
}

async function synchronised(): Promise<Finding> {
  const found = await Promise.all(
    syncSigns.map((path) =>
      readFile(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (found.includes(true)) return pass('a time service keeps the clock');
  return warn(
    'no time service was found',
    'Install one (systemd-timesyncd or chrony), unless the host keeps the clock of this machine.',
  );
}
