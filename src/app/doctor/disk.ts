import { statfs } from 'node:fs/promises';
import type { DoctorCheck } from '#admin/doctor/check.ts';
import { fail, pass, warn } from '#admin/doctor/check.ts';
import { showSize } from '#admin/show.ts';
import type { DoctorWorld } from './doctor-world.ts';

const failBytes = 256 * 1024 ** 2;
const warnBytes = 2 * 1024 ** 3;
const warnShare = 0.1;

export function diskCheck({ configuration }: DoctorWorld): DoctorCheck {
  const { dataDir } = configuration;
  return {
    name: 'disk',
    meaning: 'There is room for mail.',
    async run() {
      const facts = await statfs(dataDir);
      const freeBytes = facts.bavail * facts.bsize;
      const what = `${showSize(freeBytes)} free at ${dataDir}`;
      const fix = 'Make room, or move the data folder to a larger disk.';
      if (freeBytes < failBytes) return [fail(what, fix)];
      const tight = freeBytes < warnBytes || facts.bavail < facts.blocks * warnShare;
      return [tight ? warn(what, fix) : pass(what), inodes(facts.ffree, facts.files)];
    },
  };
}

function inodes(free: number, all: number) {
  // Some file systems make them as they are needed and say 0.
  if (all === 0 || free > all * warnShare) return pass('enough inodes');
  return warn(`only ${free} of ${all} inodes are free`, 'Remove small files, or move the data folder.');
}
