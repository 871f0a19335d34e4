import { asBuffer, latin1Text } from '#mail/octets.ts';
import { fileBounds } from '../file-bounds.ts';

/** A member of an archive, as its directory and its own head name it; sizes are not believed. */
export interface ZipMember {
  readonly name: string;
  /** 0 stored, 8 deflated (APPNOTE 4.4.5). */
  readonly method: number;
  readonly isEncrypted: boolean;
  /** From its first octet to the end of the archive. */
  readonly data: Uint8Array;
  /** As the directory has it; only a stored member is cut by it. */
  readonly packedBytes: number;
  /** Of what comes out, as the directory has it; `undefined` where there is no directory. */
  readonly plainBytes: number | undefined;
}

export interface ZipDirectory {
  readonly members: readonly ZipMember[];
  /** There are more, or they lie where nothing is. */
  readonly cut: boolean;
}

const endMark = 0x0605_4b50;
const entryMark = 0x0201_4b50;
const headMark = 0x0403_4b50;
const endBytes = 22;
const entryBytes = 46;
const headBytes = 30;
/** APPNOTE 4.3.16: the comment behind the end. */
const commentBytesMax = 65_535;

/**
 * Members of a ZIP archive (APPNOTE 6.3), by its central directory, which is what programs go by; where there is none that
 * makes sense, by the heads of the members. Bounded; never throws.
 */
export function zipDirectory(bytes: Uint8Array): ZipDirectory {
  const archive = asBuffer(bytes);
  const end = endOfDirectory(archive);
  const listed = end === undefined ? undefined : byDirectory(archive, end);
  return listed !== undefined && listed.members.length > 0 ? listed : byHeads(archive);
}

interface DirectoryEnd {
  readonly at: number;
  readonly offset: number;
  /** What stands in front of the archive, as a program that unpacks itself. */
  readonly shift: number;
}

function endOfDirectory(archive: Buffer): DirectoryEnd | undefined {
  const least = Math.max(0, archive.length - endBytes - commentBytesMax);
  for (let at = archive.length - endBytes; at >= least; at -= 1) {
    if (archive.readUInt32LE(at) !== endMark) continue;
    const size = archive.readUInt32LE(at + 12);
    const offset = archive.readUInt32LE(at + 16);
    const isThere = (place: number): boolean =>
      place >= 0 && place + 4 <= at && archive.readUInt32LE(place) === entryMark;
    if (isThere(offset)) return { at, offset, shift: 0 };
    if (isThere(at - size)) return { at, offset: at - size, shift: at - size - offset };
  }
  return undefined;
}

function byDirectory(archive: Buffer, { at: end, offset, shift }: DirectoryEnd): ZipDirectory {
  const members: ZipMember[] = [];
  let cut = false;
  for (let at = offset; at + entryBytes <= end && archive.readUInt32LE(at) === entryMark;) {
    if (members.length >= fileBounds.membersMax) return { members, cut: true };
    const nameEnd = at + entryBytes + archive.readUInt16LE(at + 28);
    const data = dataOf(archive, archive.readUInt32LE(at + 42) + shift);
    if (data === undefined) cut = true;
    else
      members.push({
        ...entryOf(archive, at + 8, latin1Text(archive.subarray(at + entryBytes, nameEnd))),
        packedBytes: archive.readUInt32LE(at + 20),
        plainBytes: archive.readUInt32LE(at + 24),
        data,
      });
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return { members, cut };
}

function byHeads(archive: Buffer): ZipDirectory {
  const members: ZipMember[] = [];
  const mark = Buffer.from('PK\u0003\u0004');
  for (let at = archive.indexOf(mark); at >= 0; at = archive.indexOf(mark, at + 4)) {
    if (members.length >= fileBounds.membersMax) return { members, cut: true };
    const data = dataOf(archive, at);
    if (data === undefined) continue;
    const name = latin1Text(archive.subarray(at + headBytes, at + headBytes + archive.readUInt16LE(at + 26)));
    const packedBytes = archive.readUInt32LE(at + 18);
    members.push({ ...entryOf(archive, at + 6, name), packedBytes, plainBytes: undefined, data });
  }
  return { members, cut: members.length === 0 };
}

/** Flags and method stand side by side in both. */
function entryOf(
  archive: Buffer,
  at: number,
  name: string,
): Pick<ZipMember, 'name' | 'method' | 'isEncrypted'> {
  return { name, isEncrypted: (archive.readUInt16LE(at) & 1) !== 0, method: archive.readUInt16LE(at + 2) };
}

/** A member begins behind its own head, whose lengths may differ from those of the directory. */
function dataOf(archive: Buffer, at: number): Uint8Array | undefined {
  if (at < 0 || at + headBytes > archive.length || archive.readUInt32LE(at) !== headMark) return undefined;
  const start = at + headBytes + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  return start <= archive.length ? archive.subarray(start) : undefined;
}
