import { type Forms, urlProblem } from './check-url.ts';
import { redactUrl } from './urls.ts';

/** What one key of Tasker's file may hold. */
export interface Setting<T> {
  /** Stands in for a missing key, and is read as if the file held it. */
  readonly fallback: T;
  /** What is wrong with a value, as `expected …`, or `undefined`. */
  readonly problem: (value: unknown) => string | undefined;
  /** Turns what variables expand to into a value, or into text that `problem` refuses. */
  readonly fromText: (text: string) => unknown;
  /** How a message shows the value. Gets it as the file has it, and with its variables expanded. */
  readonly show: (written: unknown, expanded: unknown) => string;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** What a table holds once it is checked. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** A whole number from `min` to `max`. */
export function integer<T extends number | undefined>(
  min: number,
  max: number,
  fallback: T,
): Setting<T> {
  const otherwise = fallback === undefined ? '' : `; without the line it is ${fallback}`;
  const expected = `expected a whole number from ${min} to ${max}, without quotes${otherwise}`;
  const inRange = (value: number) => value >= min && value <= max;
  return {
    fallback,
    problem: (value) =>
      Number.isInteger(value) && inRange(value as number) ? undefined : expected,
    fromText: (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : text),
    show: asWritten,
  };
}

/** `true` or `false`. */
export function flag(fallback: boolean): Setting<boolean> {
  const expected = `expected true or false, without quotes; without the line it is ${fallback}`;
  return {
    fallback,
    problem: (value) => (typeof value === 'boolean' ? undefined : expected),
    fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
    show: asWritten,
  };
}

/** Text that `pattern` accepts; `expected` says what that is. */
export function text<T extends string | undefined>(
  pattern: RegExp,
  expected: string,
  fallback: T,
): Setting<T> {
  const accepts = (value: unknown) => typeof value === 'string' && pattern.test(value);
  return {
    fallback,
    problem: (value) => (accepts(value) ? undefined : `expected ${expected}, in quotes`),
    fromText: asIs,
    show: asWritten,
  };
}

/** A server's URL in one of `forms`. */
export function url(forms: Forms, fallback: string): Setting<string> {
  return {
    fallback,
    problem: (value) => urlProblem(value, forms),
    fromText: asIs,
    show: (_written, expanded) =>
      typeof expanded === 'string' ? redactUrl(expanded) : kindOf(expanded),
  };
}

/** A user name or a password. Messages never show it. */
export function credential(): Setting<string | undefined> {
  return {
    fallback: undefined,
    problem: (value) => (typeof value === 'string' ? undefined : 'expected text, in quotes'),
    fromText: asIs,
    show: () => '***',
  };
}

function asIs(text: string): string {
  return text;
}

/** As the file has it, so never what a variable holds; and not if it may be a URL or an address. */
function asWritten(written: unknown): string {
  if (typeof written === 'string') {
    return /^(?!.*(?:@|\/\/))[ -~]{0,60}$/.test(written) ? JSON.stringify(written) : 'a text';
  }
  return typeof written === 'object' ? kindOf(written) : String(written);
}

/** The TOML type of a value that is not shown. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return 'a date';
  return typeof value === 'object' ? 'a table' : `a ${typeof value}`;
}
