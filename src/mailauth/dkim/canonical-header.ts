import { headerFieldsMax } from '#mail/header.ts';
import type { HeaderBlock, HeaderField } from '#mail/header.ts';
import { relaxedField } from '../relaxed-field.ts';
import { DkimProblem } from './dkim-problem.ts';

/** A field as it stands, without the line break at its end, and where its value begins. */
export interface FieldText {
  readonly text: string;
  readonly valueStart: number;
}

/** RFC 6376 §3.4. */
export type Canonicalization = 'simple' | 'relaxed';

/** The header of a message as signatures see it: fields by name, and each field's relaxed form made only once. */
export class CanonicalHeader {
  readonly #block: HeaderBlock;
  readonly #byName = new Map<string, HeaderField[]>();
  readonly #relaxed = new Map<HeaderField, string>();

  constructor(block: HeaderBlock) {
    this.#block = block;
    for (const field of block.fields) {
      const known = this.#byName.get(field.name);
      if (known === undefined) this.#byName.set(field.name, [field]);
      else known.push(field);
    }
  }

  /** Why no signature can vouch for what a person is shown of this header, or nothing. */
  flaw(): DkimProblem | undefined {
    const { fields } = this.#block;
    if (fields.length >= headerFieldsMax) {
      return new DkimProblem('too-many-fields', `the header has ${headerFieldsMax} fields or more`);
    }
    const hasJunk = fields.some((field, index) => field.start !== (fields[index - 1]?.end ?? 0));
    if (!hasJunk && this.#endsAfter(fields.at(-1)?.end ?? 0)) return undefined;
    return new DkimProblem('broken-header', 'a line of the header is no field');
  }

  #endsAfter(end: number): boolean {
    const rest = this.#block.text.slice(end, this.#block.bodyStart);
    return rest === '' || rest === '\r\n' || rest === '\n';
  }

  /** Each name in use, in lower case, in the order of the header. */
  names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** From the top to the bottom. */
  fields(name: string): readonly HeaderField[] {
    return this.#byName.get(name) ?? [];
  }

  /** As it stands, without the line break at its end. */
  text(field: HeaderField): string {
    const { text } = this.#block;
    let { end } = field;
    if (text.charCodeAt(end - 1) === 0x0a) end -= 1;
    if (text.charCodeAt(end - 1) === 0x0d) end -= 1;
    return text.slice(field.start, end);
  }

  /** The same, and where the value begins. */
  fieldText(field: HeaderField): FieldText {
    return { text: this.text(field), valueStart: field.valueStart - field.start };
  }

  /** In canonical form and ended by CR LF. */
  canonical(field: HeaderField, form: Canonicalization): string {
    if (form === 'simple') return `${this.text(field)}\r\n`;
    const known = this.#relaxed.get(field);
    if (known !== undefined) return known;
    const made = `${relaxedField(this.text(field))}\r\n`;
    this.#relaxed.set(field, made);
    return made;
  }
}
