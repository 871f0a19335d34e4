import type { DoctorCheck, Finding } from '#admin/doctor/check.ts';
import { fail, pass, skip, warn } from '#admin/doctor/check.ts';
import { loadCertificate } from '#net/certificate-file.ts';
import type { DoctorWorld } from './doctor-world.ts';

const dayMs = 86_400_000;
const warnDays = 21;

export function certificatesCheck({ configuration, clock }: DoctorWorld): DoctorCheck {
  return {
    name: 'certificates',
    meaning: 'Certificates can be used and are not about to expire.',
    async run() {
      if (configuration.certificates.length === 0) return [skip('none is configured')];
      const loaded = await Promise.all(configuration.certificates.map(loadCertificate));
      return loaded.map((one) => {
        if (!one.ok) return fail(`${one.error.file}: ${one.error.detail}`, 'Replace the file.');
        return life(one.value.source.cert, one.value.expiresAtMs - clock.now());
      });
    },
  };
}

function life(file: string, leftMs: number): Finding {
  const days = Math.floor(leftMs / dayMs);
  if (leftMs <= 0) return fail(`${file} has expired`, 'Renew it; the server reads the new files by itself.');
  if (days < warnDays)
    return warn(`${file} expires in ${days} days`, 'Renew it; the server reads the new files by itself.');
  return pass(`${file} holds for ${days} more days`);
}
