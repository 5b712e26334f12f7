import { partsOfUrl } from './check-url.ts';
import type { Path } from './lines.ts';
import { toOptions } from './options.ts';
import { isTable, type Table } from './parse-toml.ts';
import type { Reader } from './reader.ts';
import type { Complain, Report } from './report.ts';
import type { Backend } from './tables.ts';

/** The options of one of the guide's backends, checked. */
export function knownSettings(
  { tables, keys }: Backend,
  cachePath: Path,
  reader: Reader,
  { error, warn }: Report,
): Table {
  const paths = tables.map((name) => [...cachePath, name]);
  const values = reader.read(paths, keys, error);
  const given = (key: string) =>
    paths.find((path) => Object.hasOwn(reader.table(path, error) ?? {}, key));
  const [ownPath = cachePath] = paths;
  if ('url' in keys && given('url') === undefined) {
    warn([...ownPath, 'url'], `not set, so it is "${keys.url?.fallback}"`);
  }
  const inUrl = typeof values.url === 'string' ? partsOfUrl(values.url) : {};
  for (const [key, value] of Object.entries(inUrl)) {
    const own = values[key];
    if (own === undefined || own === '' || own === value) continue;
    const path = [...(given(key) ?? ownPath), key];
    const problem = `the URL has another ${key}; keep one of the two`;
    // The guide's example spells out `database = 0`, whatever REDIS_URL holds.
    if (own === 0) warn(path, `not used: ${problem}`);
    else error(path, problem);
  }
  const database = 'database' in keys ? values.database || inUrl.database || 0 : undefined;
  // An empty user name or password is what "${REDIS_PASSWORD:-}" gives for none.
  const set = Object.entries({ ...values, database }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  return toOptions(ownPath, Object.fromEntries(set), error);
}

/** The options of a third party's backend: its own table, with variables expanded. */
export function foreignSettings(path: Path, reader: Reader, complain: Complain): Table {
  const expanded = (here: Path, value: unknown): unknown => {
    // Any number will do for text that is refused: one complaint about it is enough.
    if (typeof value === 'string') return reader.expand(here, value, complain)?.text ?? 0;
    if (Array.isArray(value)) return value.map((item) => expanded(here, item));
    return isTable(value) ? expandedTable(here, value) : value;
  };
  const expandedTable = (here: Path, table: Table): Table =>
    Object.fromEntries(
      Object.entries(table).map(([key, value]) => [key, expanded([...here, key], value)]),
    );
  return toOptions(path, expandedTable(path, reader.table(path, complain) ?? {}), complain);
}
