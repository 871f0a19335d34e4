import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referenceFolder, referencePages } from './reference-pages.ts';

for (const [name, text] of referencePages()) writeFileSync(join(referenceFolder, name), text);
