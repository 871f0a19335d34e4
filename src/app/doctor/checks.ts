import type { DoctorCheck } from '#admin/doctor/check.ts';
import { administrationCheck } from './administration.ts';
import type { DoctorWorld } from './doctor-world.ts';
import { certificatesCheck } from './certificates.ts';
import { clockCheck } from './clock.ts';
import { descriptorsCheck } from './descriptors.ts';
import { diskCheck } from './disk.ts';
import { dnsCheck } from './dns.ts';
import { fileModesCheck } from './file-modes.ts';
import { heldMailCheck } from './held-mail.ts';
import { listsCheck } from './lists.ts';
import { portsCheck } from './ports.ts';
import { recoveryCopyCheck } from './recovery-copy.ts';
import { storeFilesCheck } from './store-files.ts';

/** What `postern doctor` looks at, in this order. */
export function doctorChecks(world: DoctorWorld): readonly DoctorCheck[] {
  return [
    portsCheck,
    fileModesCheck,
    diskCheck,
    storeFilesCheck,
    descriptorsCheck,
    clockCheck,
    dnsCheck,
    certificatesCheck,
    administrationCheck,
    recoveryCopyCheck,
    heldMailCheck,
    listsCheck,
  ].map((check) => check(world));
}
