import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const python = '/usr/bin/python3';
const program = `
import json, sys, yaml
print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1], encoding="utf-8")))))
`;

/** Why public suites in YAML cannot be read here, or undefined. */
export function missingYaml(): string | undefined {
  const reason = 'not installed: python3-yaml (.ci/install-peers installs it)';
  if (!existsSync(python)) return reason;
  try {
    execFileSync(python, ['-c', 'import yaml'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return reason;
  }
}

/** The documents of a file, by the YAML reader that Debian has: no second one for the tests alone. */
export function readYaml(file: string): readonly unknown[] {
  const json = execFileSync(python, ['-c', program, file], { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(json.toString('utf8')) as readonly unknown[];
}
