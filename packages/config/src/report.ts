import { CacheError } from '@tasker-cache/core';
import { locateKeys, type Path } from './lines.ts';

/** Takes one problem: the key it is about, and a sentence without its full stop. */
export type Complain = (path: Path, problem: string, shownValue?: string) => void;

/** Collects problems, so that one run names all of them. */
export interface Report {
  readonly error: Complain;
  readonly warn: Complain;
  readonly warnings: () => readonly string[];
  readonly hasErrors: () => boolean;
  /** Throws `CACHE_CONFIG_INVALID` with one line for each error, if there are any. */
  readonly throwErrors: () => void;
}

export function createReport(text: string, file: string): Report {
  const errors = new Set<string>();
  const warnings = new Set<string>();
  let lineOf: ReturnType<typeof locateKeys> | undefined;

  const into =
    (lines: Set<string>): Complain =>
    (path, problem, shownValue) => {
      lineOf ??= locateKeys(text);
      const value = shownValue === undefined ? '' : ` = ${shownValue}`;
      lines.add(`${position(file, lineOf(path))}${formatPath(path)}${value}: ${problem}.`);
    };

  return {
    error: into(errors),
    warn: into(warnings),
    warnings: () => [...warnings],
    hasErrors: () => errors.size > 0,
    throwErrors: () => {
      if (errors.size === 0) return;
      const head = `Invalid cache configuration, problems: ${errors.size}`;
      throw new CacheError('CACHE_CONFIG_INVALID', [head, ...errors].join('\n'));
    },
  };
}

/** `file:line:column: `, of what is known. */
export function position(file: string, line?: number, column?: number): string {
  return `${[file, line, column].filter((part) => part !== undefined).join(':')}: `;
}

/** A key with a line break in it must not forge a second message. */
function formatPath(path: Path): string {
  return path.map((name) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name))).join('.');
}
