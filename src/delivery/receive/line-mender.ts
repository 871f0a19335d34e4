const cr = 0x0d;
const lf = 0x0a;
const nul = 0x00;

/**
 * For networks that are named for it (DESIGN §4): a bare CR or bare LF becomes CR LF, a NUL is left out. The one
 * state between pieces is a CR whose LF may still come.
 */
export class LineMender {
  #heldCr = false;

  push(bytes: Uint8Array): Buffer {
    const out = Buffer.allocUnsafe((bytes.byteLength + 1) * 2);
    let length = 0;
    for (const byte of bytes) {
      if (byte === nul) continue;
      if (this.#heldCr && byte !== lf) length = lineEnd(out, length);
      if (byte === lf) length = lineEnd(out, length);
      else if (byte !== cr) out[length++] = byte;
      this.#heldCr = byte === cr;
    }
    return out.subarray(0, length);
  }

  /** What a CR at the very end still owes. */
  end(): Buffer {
    const owed = this.#heldCr ? Buffer.from('\r\n') : Buffer.alloc(0);
    this.#heldCr = false;
    return owed;
  }
}

function lineEnd(out: Buffer, at: number): number {
  out[at] = cr;
  out[at + 1] = lf;
  return at + 2;
}
