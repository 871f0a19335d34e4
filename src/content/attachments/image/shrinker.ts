import { fileBounds } from '../file-bounds.ts';

/** A picture as brightness, row by row. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  /** One octet a pixel; 0 is black. */
  readonly gray: Uint8Array;
}

/** Takes the rows of a picture as they come, and makes of squares of them one pixel each where it is too large to be searched. */
export class Shrinker {
  readonly #factor: number;
  readonly #width: number;
  readonly #height: number;
  readonly #gray: Uint8Array;
  readonly #sums: Uint32Array;
  #rows = 0;
  #out = 0;

  constructor(width: number, height: number) {
    this.#factor = Math.max(1, Math.ceil(Math.sqrt((width * height) / fileBounds.searchedPixelsMax)));
    this.#width = Math.floor(width / this.#factor);
    this.#height = Math.floor(height / this.#factor);
    this.#gray = new Uint8Array(this.#width * this.#height).fill(255);
    this.#sums = new Uint32Array(this.#width);
  }

  /** Whether all rows have come. */
  get isFull(): boolean {
    return this.#out >= this.#height;
  }

  add(row: Uint8Array): void {
    if (this.isFull) return;
    const factor = this.#factor;
    for (let x = 0; x < this.#width; x += 1) {
      let sum = 0;
      for (let from = x * factor; from < (x + 1) * factor; from += 1) sum += row[from] ?? 255;
      this.#sums[x] = (this.#sums[x] ?? 0) + sum;
    }
    this.#rows += 1;
    if (this.#rows % factor !== 0) return;
    const at = this.#out * this.#width;
    for (let x = 0; x < this.#width; x += 1) this.#gray[at + x] = (this.#sums[x] ?? 0) / (factor * factor);
    this.#sums.fill(0);
    this.#out += 1;
  }

  image(): GrayImage {
    return { width: this.#width, height: this.#height, gray: this.#gray };
  }
}
