const cr = 13;
const lf = 10;

/** Which line ends other than CR LF occurred, and whether NUL did. */
export interface Anomalies {
  readonly bareCr: boolean;
  readonly bareLf: boolean;
  readonly nul: boolean;
}

/** Most pieces hold nothing of this, which is seen in one walk. A CR at the end may still have its LF. */
const oddPattern = /\r[^\n]|(?<!\r)\n|\0/;

export const noAnomalies: Anomalies = { bareCr: false, bareLf: false, nul: false };

/**
 * Notices bare CR, bare LF and NUL in a stream of body bytes, whatever its chunking.
 * RFC 5321 §2.3.8: CR and LF occur in mail only together; everything else is how smuggling begins.
 */
export class LineEndWatch {
  #afterCr = false;
  #bareCr = false;
  #bareLf = false;
  #nul = false;

  see(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const isSplit = this.#afterCr && bytes[0] === lf;
    if (this.#afterCr && !isSplit) this.#bareCr = true;
    if (oddPattern.test(bytes.toString('latin1', isSplit ? 1 : 0))) this.#seeOdd(bytes);
    this.#afterCr = bytes[bytes.length - 1] === cr;
  }

  /** So far; a CR at the very end counts once `end` was called. */
  get anomalies(): Anomalies {
    if (!this.#bareCr && !this.#bareLf && !this.#nul) return noAnomalies;
    return { bareCr: this.#bareCr, bareLf: this.#bareLf, nul: this.#nul };
  }

  /** The stream is over: a CR still waiting for its LF was a bare one. */
  end(): Anomalies {
    if (this.#afterCr) this.#bareCr = true;
    this.#afterCr = false;
    return this.anomalies;
  }

  #seeOdd(bytes: Buffer): void {
    if (!this.#nul && bytes.includes(0)) this.#nul = true;
    this.#pair(bytes);
  }

  /** Walks from CR to CR and from LF to LF side by side; both only go forward, so it is linear. */
  #pair(bytes: Buffer): void {
    if (this.#bareCr && this.#bareLf) return;
    let at = this.#afterCr && bytes[0] === lf ? 1 : 0;
    while (at < bytes.length) {
      const nextLf = bytes.indexOf(lf, at);
      const nextCr = bytes.indexOf(cr, at);
      if (nextLf === nextCr + 1 && nextCr >= 0) {
        at = nextLf + 1;
      } else {
        at = this.#unpaired(bytes, nextCr, nextLf);
      }
    }
  }

  /** Not a CR LF pair ahead: flags what stands alone and says where to go on. */
  #unpaired(bytes: Buffer, nextCr: number, nextLf: number): number {
    if (nextLf >= 0 && (nextCr < 0 || nextLf < nextCr)) {
      this.#bareLf = true;
      if (nextCr < 0 || this.#bareCr) return bytes.length;
      return nextCr;
    }
    if (nextCr < 0 || nextCr === bytes.length - 1) return bytes.length;
    this.#bareCr = true;
    if (nextLf < 0 || this.#bareLf) return bytes.length;
    return bytes[nextLf - 1] === cr ? nextLf - 1 : nextLf;
  }
}
