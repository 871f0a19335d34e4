import { findParameter } from '#mail/parameters.ts';
import type { Part } from '#mail/summary.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';

/** Of the name of a file so much is told. */
const nameBytesMax = 60;

/** What parts are called, as an administrator finds them: `part 1.2 (text/html)`, with numbers as in IMAP. */
export class PartNames {
  readonly #paths = new Map<Part, string>();

  constructor(structure: Part) {
    this.#message(structure, '');
  }

  of(part: Part): string {
    const path = this.#paths.get(part);
    return path === undefined ? 'the message' : `part ${path} (${typeOf(part)})`;
  }

  /** A message that is no multipart has one part, itself, which is 1. */
  #message(structure: Part, path: string): void {
    this.#part(structure, structure.type === 'multipart' ? path : below(path, 1));
  }

  #part(part: Part, path: string): void {
    if (path !== '') this.#paths.set(part, path);
    for (const [index, child] of part.parts.entries()) this.#part(child, below(path, index + 1));
    if (part.message !== undefined) this.#message(part.message.structure, path);
  }
}

function below(path: string, number: number): string {
  return path === '' ? String(number) : `${path}.${number}`;
}

function typeOf({ type, subtype, disposition, parameters }: Part): string {
  const name = findParameter(disposition?.parameters ?? [], 'filename') ?? findParameter(parameters, 'name');
  const said = cleanForeignText(`${type}/${subtype}`, nameBytesMax);
  return name === undefined ? said : `${said} ${cleanForeignText(name, nameBytesMax)}`;
}
