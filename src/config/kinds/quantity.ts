import { err, ok } from '#base/result.ts';
import type { Kind } from '../kind.ts';
import { problem, shown } from '../kind.ts';

interface Unit {
  readonly name: string;
  readonly factor: number;
}

interface QuantityRules {
  readonly what: string;
  readonly example: string;
  /** Ascending. */
  readonly units: readonly Unit[];
  readonly min: number;
  readonly max: number;
}

const pattern = /^(\d{1,15}) ?([A-Za-z]{1,3})$/;

/** A number with a unit, kept in the smallest unit; "0" alone needs none. */
export function quantity(rules: QuantityRules): Kind<number> {
  const spell = (value: number): string => spellQuantity(rules.units, value);
  const description = `${rules.what} from ${spell(rules.min)} to ${spell(rules.max)}, as in "${rules.example}"`;
  return {
    description,
    read(value) {
      const amount = value === 0 || value === '0' ? 0 : parseQuantity(rules.units, value);
      if (amount === undefined || amount < rules.min || amount > rules.max)
        return err(problem(`must be ${description}, not ${shown(value)}`));
      return ok(amount);
    },
    fromText: (text) => (text.trim() === '0' ? 0 : text.trim()),
    write: spell,
  };
}

function parseQuantity(units: readonly Unit[], value: unknown): number | undefined {
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  const unit = units.find((row) => row.name.toLowerCase() === match?.[2]?.toLowerCase());
  if (match === null || unit === undefined) return undefined;
  const amount = Number(match[1]) * unit.factor;
  return Number.isSafeInteger(amount) ? amount : undefined;
}

function spellQuantity(units: readonly Unit[], value: number): string {
  const unit = units.findLast((row) => value >= row.factor && value % row.factor === 0) ?? units[0];
  return unit === undefined || value === 0 ? '0' : `${value / unit.factor}${unit.name}`;
}
