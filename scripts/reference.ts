import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirementTable } from './requirements.ts';

const folder = join(import.meta.dirname, '../docs/reference');

writeFileSync(join(folder, 'requirements.md'), requirementTable());
