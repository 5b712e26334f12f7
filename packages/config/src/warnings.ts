import type { Path } from './lines.ts';
import { nearest } from './nearest.ts';
import { isTable } from './parse-toml.ts';
import type { Reader } from './reader.ts';
import type { Complain } from './report.ts';
import { aliases, backends } from './tables.ts';

/** Warns of each key of the table that is none of `known`. `otherNames` may be what was meant. */
export function warnUnknownKeys(
  path: Path,
  known: readonly string[],
  reader: Reader,
  warn: Complain,
  otherNames: readonly string[] = [],
): void {
  for (const [key, value] of Object.entries(reader.table(path, warn) ?? {})) {
    if (known.includes(key)) continue;
    const near = nearest(key, [...known, ...otherNames])?.name;
    const hint =
      near === undefined ? '' : `; the nearest known name is ${aliases.get(near) ?? near}`;
    warn([...path, key], `unknown ${isTable(value) ? 'table' : 'key'}, ignored${hint}`);
  }
}

/** Warns of what would be an error if its table were in use, and of unknown keys in all of them. */
export function warnOfBackendTables(cachePath: Path, reader: Reader, warn: Complain): void {
  for (const [name, { keys }] of backends) {
    const path = [...cachePath, name];
    const table = reader.table(path, warn) ?? {};
    const present = Object.entries(keys).filter(([key]) => Object.hasOwn(table, key));
    reader.read([path], Object.fromEntries(present), warn);
    warnUnknownKeys(path, Object.keys(keys), reader, warn);
  }
}

/** Warns of a backend that looks like a misspelt one of the guide's. */
export function warnOfNearBackend(path: Path, backend: string, warn: Complain): void {
  const near = nearest(backend.toLowerCase(), [...backends.keys(), ...aliases.keys()]);
  if (near === undefined || near.distance > 2) return;
  const hint = `did you mean "${near.name}"? A backend of your own names its package in "module"`;
  warn(path, `unknown backend; ${hint}`, `"${backend}"`);
}
