import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function quotedPrintable(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  return bytes.replaceAll(/[\u0080-\u00ff]/g, (byte) => `=${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The characters of the base64 form that do not depend on what stands around it. */
function base64At(offset: number, text: string): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text), Buffer.alloc(3)]);
  const first = Math.ceil((offset * 4) / 3);
  const last = Math.floor(((offset + Buffer.byteLength(text)) * 4) / 3);
  return bytes.toString('base64').slice(first + 1, last - 1);
}

/** A text in every form in which it could lie in a file (I-03). */
export function markerForms(marker: string): readonly Buffer[] {
  const texts = [
    marker,
    marker.toLowerCase(),
    marker.toUpperCase(),
    marker.normalize('NFKD'),
    quotedPrintable(marker),
  ];
  return [
    ...texts.map((text) => Buffer.from(text)),
    Buffer.from(marker, 'latin1'),
    Buffer.from(marker, 'utf16le'),
    Buffer.from(marker, 'utf16le').swap16(),
    ...[0, 1, 2].map((offset) => Buffer.from(base64At(offset, marker))),
    Buffer.from(Buffer.from(marker).toString('hex')),
  ];
}

export function filesBelow(folder: string): ReadonlyMap<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path)] as const;
    }),
  );
}

/** Which markers lie in which files, and in the names of files. The configuration is written for people, and left out. */
export function markersBelow(folder: string, markers: Readonly<Record<string, string>>): readonly string[] {
  const sought = Object.entries(markers).map(([what, marker]) => ({ what, forms: markerForms(marker) }));
  return [...filesBelow(folder)]
    .filter(([path]) => !/\.toml$|certificate\.pem$/.test(path))
    .flatMap(([path, bytes]) =>
      sought
        .filter(({ forms }) =>
          forms.some((form) => bytes.includes(form) || path.includes(form.toString('latin1'))),
        )
        .map(({ what }) => `${what} in ${path}`),
    );
}
