/**
 * Where the cache writes its log lines. The call signature is pino's, so a pino instance fits as it
 * is. Fields never hold values or credentials.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** From the most to the least talkative; `silent` writes nothing. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/**
 * Writes `LEVEL key=value "message"` lines to standard error, and `LEVEL message` without fields.
 * `write` receives each line without its line end.
 */
export function consoleLogger(
  level: LogLevel = 'info',
  write: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Logger {
  const from = levels.indexOf(level);
  const at = (name: Exclude<LogLevel, 'silent'>) => (fields: object, message: string) => {
    if (levels.indexOf(name) >= from) write(formatLine(name, fields, message));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** One message is one line: a key with a line break must not forge a second one. */
function formatLine(level: LogLevel, fields: object, message: string): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${JSON.stringify(value)}`,
  );
  const isPlain = pairs.length === 0 && !/\p{Cc}/u.test(message);
  return [level.toUpperCase(), ...pairs, isPlain ? message : JSON.stringify(message)].join(' ');
}
