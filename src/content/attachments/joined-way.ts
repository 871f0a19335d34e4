import { cleanForeignText } from '#trace/foreign-text.ts';

/** Of the name of a file so much is told. */
const nameBytesMax = 60;

/** The way to a file through those it lies in: `a.zip, b.docx`. */
export function joinedWay(inside: string, name: string): string {
  return [inside, cleanForeignText(name, nameBytesMax)].filter((one) => one !== '').join(', ');
}
