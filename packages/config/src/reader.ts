import { type Environment, type Expansion, expand } from './expand.ts';
import type { Path } from './lines.ts';
import { isTable, type Table } from './parse-toml.ts';
import type { Complain } from './report.ts';
import type { Setting, Settings, Values } from './setting.ts';

/** Reads tables and checked keys of one document. */
export interface Reader {
  /** The table at `path`, or `undefined`. */
  table(path: Path, complain: Complain): Table | undefined;
  /** Every key of `settings`, from the first of `tables` that has it, else its default. */
  read<S extends Settings>(tables: readonly Path[], settings: S, complain: Complain): Values<S>;
  /** The text with its variables replaced, unless one of them has a problem. */
  expand(path: Path, written: string, complain: Complain): Expansion | undefined;
}

export function createReader(document: Table, env: Environment): Reader {
  const reader: Reader = {
    table(path, complain) {
      let level = document;
      for (const [index, name] of path.entries()) {
        if (!Object.hasOwn(level, name)) return undefined;
        const next = level[name];
        if (!isTable(next)) {
          complain(path.slice(0, index + 1), 'expected a table: write it in [brackets]');
          return undefined;
        }
        level = next;
      }
      return level;
    },

    read<S extends Settings>(tables: readonly Path[], settings: S, complain: Complain) {
      const found = tables.map((path) => ({ path, table: reader.table(path, complain) ?? {} }));
      const values = Object.entries(settings).map(([name, setting]) => {
        const { path = [], table = {} } =
          found.find(({ table }) => Object.hasOwn(table, name)) ?? found[0] ?? {};
        const written = Object.hasOwn(table, name) ? table[name] : setting.fallback;
        return [name, readKey([...path, name], written, setting, complain)];
      });
      return Object.fromEntries(values) as Values<S>;
    },

    expand(path, written, complain) {
      const { problems, ...expansion } = expand(written, env);
      for (const problem of problems) complain(path, problem);
      return problems.length === 0 ? expansion : undefined;
    },
  };

  /** A refused key reads as its default, so that what follows can be checked too. */
  function readKey(path: Path, written: unknown, setting: Setting<unknown>, complain: Complain) {
    const value =
      typeof written === 'string' ? expandedValue(path, written, setting, complain) : written;
    const problem = value === undefined ? undefined : setting.problem(value);
    if (problem !== undefined) complain(path, problem, setting.show(written, value));
    return value === undefined || problem !== undefined ? setting.fallback : value;
  }

  function expandedValue(
    path: Path,
    written: string,
    setting: Setting<unknown>,
    complain: Complain,
  ) {
    const expansion = reader.expand(path, written, complain);
    return expansion?.hasVariables ? setting.fromText(expansion.text) : expansion?.text;
  }
  return reader;
}
