import { cleanForeignText } from '#trace/foreign-text.ts';
import { fileBounds } from '../file-bounds.ts';
import type { FileReading } from '../file-reading.ts';
import { inflateBounded } from '../inflate-bounded.ts';
import type { InnerFile, PassFile } from '../inner-file.ts';
import { textForm } from '../text-form.ts';
import { zipDirectory } from './zip-directory.ts';
import type { ZipMember } from './zip-directory.ts';

const nameBytesMax = 60;

/**
 * Unpacks the members of an archive or office document that may hold links, those first that mostly do (relationships of
 * ECMA-376 part 2), and hands each on.
 */
export async function readZip(
  bytes: Uint8Array,
  {
    reading,
    inside,
    pass,
  }: { readonly reading: FileReading; readonly inside: string; readonly pass: PassFile },
): Promise<void> {
  const { members, cut } = zipDirectory(bytes);
  if (cut) reading.miss('an archive whose members cannot all be found', inside);
  const wanted = members.filter(mayHoldLinks).toSorted((a, b) => rank(a) - rank(b));
  if (wanted.length > fileBounds.membersReadMax)
    reading.miss('more members of an archive than are read', inside);
  for (const member of wanted.slice(0, fileBounds.membersReadMax)) {
    if (reading.pieceBytesMax <= 0) {
      reading.miss('more than is unpacked of one file', inside);
      return;
    }
    const unpacked = await unpack(member, reading, inside);
    if (unpacked !== undefined) await pass(unpacked);
  }
}

async function unpack(
  member: ZipMember,
  reading: FileReading,
  inside: string,
): Promise<InnerFile | undefined> {
  const { method, isEncrypted, data, packedBytes } = member;
  const name = cleanForeignText(member.name, nameBytesMax);
  if (isEncrypted || (method !== 0 && method !== 8)) {
    reading.miss(`${name} is ${isEncrypted ? 'encrypted' : 'packed in a way that is not read'}`, inside);
    return undefined;
  }
  const bytesMax = reading.pieceBytesMax;
  const stored = method === 0 ? data.subarray(0, Math.min(packedBytes, bytesMax)) : undefined;
  const inflated = stored === undefined ? await inflateBounded(data, 'raw', bytesMax) : undefined;
  const bytes = stored ?? inflated?.bytes ?? data.subarray(0, 0);
  reading.spent(bytes.length);
  if (inflated !== undefined && inflated.end !== 'whole')
    reading.miss(`${name} is ${inflated.end === 'cut' ? 'larger than is unpacked' : 'damaged'}`, inside);
  return { name, bytes };
}

const otherMembers =
  /\.(?:rels|xml|png|jpe?g|gif|pdf|zip|docx|docm|dotx|dotm|xlsx|xlsm|pptx|pptm|odt|ods|odp|eml|jar)$/i;

function mayHoldLinks({ name }: ZipMember): boolean {
  return otherMembers.test(name) || textForm({ type: '', name }, new Uint8Array()) !== undefined;
}

/** Relationships, then the main parts, then the rest; of styles and themes nobody clicks. */
function rank({ name }: ZipMember): number {
  if (/\.rels$/i.test(name)) return 0;
  if (/(?:^|\/)(?:theme|styles|settings|fonttable|websettings|\[content_types\]|docprops)/i.test(name))
    return 3;
  return /\.(?:xml|html?|url|svg|eml|pdf)$/i.test(name) ? 1 : 2;
}
