import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/*
 * Format 1 of a body file (STORAGE §3):
 *
 *     header:  "PSTN" · version 1 · file id 16 · zeros to 32
 *     frame n: ciphertext (64 KiB, the last one shorter or equal) · tag 16
 *
 * The file's key is HKDF(body key, file id); a frame's nonce is its number and the last-mark, both authenticated
 * again with the file id as associated data. A key seals one file only, so no nonce comes twice. Frames that were
 * swapped, cut off, added or taken from another file do not open.
 */

export const frameBytes = 65_536;
export const frameTagBytes = 16;
export const headerBytes = 32;
export const fileIdBytes = 16;
export const bodyKeyBytes = 32;
const sealedFrameBytes = frameBytes + frameTagBytes;
const magic = Buffer.from('PSTN\u0001', 'latin1');

export interface FrameKey {
  readonly key: Uint8Array;
  readonly fileId: Uint8Array;
}

export function frameKey(bodyKey: Uint8Array, fileId: Uint8Array): FrameKey {
  return { key: new Uint8Array(hkdfSync('sha256', bodyKey, fileId, 'postern body 1', 32)), fileId };
}

export function blobHeader(fileId: Uint8Array): Uint8Array {
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.set(fileId, magic.length);
  return header;
}

/** The file id, or `undefined` if this is no header of format 1. */
export function readBlobHeader(header: Uint8Array): Uint8Array | undefined {
  if (header.length < headerBytes || magic.compare(header, 0, magic.length) !== 0) return undefined;
  return header.slice(magic.length, magic.length + fileIdBytes);
}

export interface FramePlace {
  readonly number: number;
  readonly last: boolean;
}

export function sealFrame(key: FrameKey, place: FramePlace, plain: Uint8Array): Uint8Array {
  const nonce = nonceOf(place);
  const cipher = createCipheriv('aes-256-gcm', key.key, nonce, { authTagLength: frameTagBytes });
  cipher.setAAD(Buffer.concat([key.fileId, nonce]));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** `undefined`: changed, moved, or not the frame that it should be. */
export function openFrame(key: FrameKey, place: FramePlace, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < frameTagBytes) return undefined;
  const nonce = nonceOf(place);
  const decipher = createDecipheriv('aes-256-gcm', key.key, nonce, { authTagLength: frameTagBytes });
  decipher.setAAD(Buffer.concat([key.fileId, nonce]));
  decipher.setAuthTag(sealed.subarray(sealed.length - frameTagBytes));
  try {
    const plain = decipher.update(sealed.subarray(0, sealed.length - frameTagBytes));
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

function nonceOf({ number, last }: FramePlace): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 0, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

export interface BlobShape {
  readonly frames: number;
  readonly sizeBytes: number;
}

/** What a file of this length holds; `undefined` if none has it. An empty body is one empty frame. */
export function blobShape(fileBytes: number): BlobShape | undefined {
  const content = fileBytes - headerBytes;
  if (content < frameTagBytes) return undefined;
  const frames = Math.ceil(content / sealedFrameBytes);
  const lastBytes = content - (frames - 1) * sealedFrameBytes;
  if (lastBytes < frameTagBytes || (frames > 1 && lastBytes === frameTagBytes)) return undefined;
  return { frames, sizeBytes: content - frames * frameTagBytes };
}

/** Where frame `number` lies in a file of this shape. */
export function frameRange(
  shape: BlobShape,
  number: number,
): { readonly at: number; readonly bytes: number } {
  const last = number === shape.frames - 1;
  const plain = last ? shape.sizeBytes - number * frameBytes : frameBytes;
  return { at: headerBytes + number * sealedFrameBytes, bytes: plain + frameTagBytes };
}
