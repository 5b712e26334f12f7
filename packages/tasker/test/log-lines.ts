import { consoleLogger, type Logger, type LogLevel } from '@tasker-cache/core';

/** A logger that keeps its lines, from DEBUG on unless told. */
export function logLines(level: LogLevel = 'debug'): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  return { logger: consoleLogger(level, (line) => lines.push(line)), lines };
}
