import type { Path } from './lines.ts';
import { isTable, type Table } from './parse-toml.ts';
import type { Complain } from './report.ts';

/**
 * An adapter's options from its table: `max_connections` becomes `maxConnections`, and `*_seconds`
 * become `*Ms`, times 1000. Tables inside the table follow the same rule.
 */
export function toOptions(path: Path, table: Table, complain: Complain): Table {
  const options = new Map<string, unknown>();
  for (const [key, value] of Object.entries(table)) {
    const here = [...path, key];
    const name = optionName(key);
    if (key === '__proto__') complain(here, 'no setting can have this name; remove it');
    if (options.has(name)) complain(here, `another key sets ${name} too; keep one of them`);
    options.set(
      name,
      key.endsWith(seconds) ? milliseconds(here, value, complain) : nested(here, value),
    );
  }
  return Object.fromEntries(options);

  function nested(here: Path, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => nested(here, item));
    return isTable(value) ? toOptions(here, value, complain) : value;
  }
}

const seconds = '_seconds';

function optionName(key: string): string {
  const inMs = key.endsWith(seconds) ? `${key.slice(0, -seconds.length)}_ms` : key;
  return inMs.replace(/(?<=[a-z\d])_([a-z\d])/gi, (_, letter: string) => letter.toUpperCase());
}

/** Text counts if it is a number: a variable gives nothing else. Rounded to microseconds. */
function milliseconds(path: Path, value: unknown, complain: Complain): number {
  const isNumeric = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value);
  const number = isNumeric ? Number(value) : value;
  if (typeof number === 'number' && number >= 0) return Math.round(number * 1e6) / 1e3;
  complain(path, 'expected a number of seconds, 0 or more');
  return 0;
}
