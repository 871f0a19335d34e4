import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { xmlBounds } from '#mailauth/dmarc/report/read-xml.ts';
import { inflateBounded } from '../attachments/inflate-bounded.ts';
import { zipDirectory } from '../attachments/zip/zip-directory.ts';
import type { ZipMember } from '../attachments/zip/zip-directory.ts';

/** What a Mac puts beside a file, and folders. */
const beside = /^__MACOSX\/|\/$/;

/**
 * The document of a report as it was attached: packed by gzip, as the one file of a ZIP, or plain. What it is say its first
 * octets, not its name. What does not end, is more than is read, or lies about its size is refused in words. Never throws.
 */
export async function unpackReport(octets: Uint8Array): Promise<Result<Uint8Array, string>> {
  if (octets[0] === 0x1f && octets[1] === 0x8b) return wholeOf(withoutLineEnd(octets), 'gzip');
  if (octets[0] === 0x50 && octets[1] === 0x4b) return fromZip(octets);
  return ok(octets);
}

/** Some (Mimecast, 2023) put a line end behind it; the last octet of what is small enough is 0 or 1 (RFC 1952 ISIZE). */
function withoutLineEnd(octets: Uint8Array): Uint8Array {
  let end = octets.length;
  while (octets[end - 1] === 0x0a || octets[end - 1] === 0x0d) end -= 1;
  return octets.subarray(0, end);
}

async function wholeOf(octets: Uint8Array, compression: 'gzip' | 'raw'): Promise<Result<Uint8Array, string>> {
  // One octet more than is read tells what is too much.
  const { bytes, end } = await inflateBounded(octets, compression, xmlBounds.bytesMax + 1);
  if (end === 'cut' || bytes.length > xmlBounds.bytesMax)
    return err(`unpacked it is larger than ${xmlBounds.bytesMax} octets`);
  return end === 'damaged' ? err('what is packed is damaged') : ok(bytes);
}

async function fromZip(octets: Uint8Array): Promise<Result<Uint8Array, string>> {
  const { members, cut } = zipDirectory(octets);
  const files = members.filter(({ name }) => !beside.test(name));
  const [member, another] = files;
  if (cut || member === undefined) return err('the archive cannot be read');
  if (another !== undefined) return err('the archive holds more than one file');
  return unpackMember(member);
}

async function unpackMember(member: ZipMember): Promise<Result<Uint8Array, string>> {
  const { method, isEncrypted, data, packedBytes, plainBytes } = member;
  if (isEncrypted || (method !== 0 && method !== 8))
    return err('the archive is packed in a way that is not read');
  if (plainBytes === undefined) return err('the archive has no directory');
  if (plainBytes > xmlBounds.bytesMax) return err(`unpacked it is larger than ${xmlBounds.bytesMax} octets`);
  const packed = data.subarray(0, packedBytes);
  const plain = method === 0 ? ok(packed) : await wholeOf(packed, 'raw');
  if (plain.ok && plain.value.length !== plainBytes)
    return err('the archive lies about the size of its file');
  return plain;
}
