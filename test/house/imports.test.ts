import assert from 'node:assert/strict';
import { readFileSync, globSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** The floors of the house (DESIGN §2): a folder may import itself and those above it in this list. */
const floors = [
  'base',
  'mail',
  'config',
  'platform',
  'trace',
  'store',
  'identity',
  'sieve',
  'mailauth',
  'tls-policy',
  'content',
  'policy',
  'delivery',
  'protocols',
  'admin',
  'web',
  'posture',
  'backends',
  'net',
  'app',
];

/** Floors above `backends` reach outside only through `platform/`; tests beside the source may. */
const forbiddenOutside =
  /^(node:(fs|net|tls|dns|dgram|http|https|os|child_process|worker_threads|sqlite|process)|pino|undici)/;

const root = join(import.meta.dirname, '../..');
const sources = globSync('src/**/*.ts', { cwd: root });

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /^\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function floorOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Names the file that an import leads to, from the root, or undefined for a package. */
function target(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#test/')) return normalize(specifier.slice(1));
  if (specifier.startsWith('#')) return normalize(`src/${specifier.slice(1)}`);
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier));
  return undefined;
}

test('every source file stands on a floor of the house', () => {
  assert.ok(sources.length > 20, 'the sources were found');
  for (const file of sources) assert.ok(floors.includes(floorOf(file)), `${file} stands in no known folder`);
});

test('a folder imports only itself and the folders above it', () => {
  let edges = 0;
  const wrong: string[] = [];
  for (const file of sources) {
    for (const specifier of importsOf(file)) {
      const to = target(file, specifier);
      if (to === undefined) continue;
      edges += 1;
      const isTest = file.endsWith('.test.ts');
      if (
        to.startsWith('test/')
          ? !isTest
          : floors.indexOf(floorOf(to)) > floors.indexOf(floorOf(file)) && !isTest
      ) {
        wrong.push(`${file} imports ${to}`);
      }
      if (specifier.startsWith('.') && floorOf(to) !== floorOf(file))
        wrong.push(`${file}: ${specifier} should be a # import`);
    }
  }
  assert.ok(edges > 50, 'imports were found');
  assert.deepEqual(wrong, []);
});

test('above the backends nothing reaches outside but through platform/', () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const inner = floors.indexOf(floorOf(file)) < floors.indexOf('backends');
    if (!inner || file.endsWith('.test.ts') || /contract-suite/.test(file)) continue;
    for (const specifier of importsOf(file))
      if (forbiddenOutside.test(specifier)) wrong.push(`${file} imports ${specifier}`);
    const text = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    if (
      /\b(Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|process\.(env|cwd|exit|on)\b|setTimeout\(|setInterval\()/.test(
        text,
      )
    ) {
      wrong.push(`${file} asks the world for time, chance or the process`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('there are no cycles between files', () => {
  const graph = new Map(
    sources.map((file) => [
      file,
      importsOf(file)
        .map((specifier) => target(file, specifier))
        .filter((to) => to !== undefined),
    ]),
  );
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of sources) visit(file, []);
  assert.deepEqual(cycles, []);
});

test('no barrel files and no default exports', () => {
  const wrong = sources.filter(
    (file) => file.endsWith('/index.ts') || /^export default/m.test(readFileSync(join(root, file), 'utf8')),
  );
  assert.deepEqual(wrong, []);
});
